; The installer of Tacit for Windows: for one person, without an administrator.
; setup.sh calls it with these:
;   VERSION       for example 0.1.0
;   VERSION_FOUR  the same as Windows counts it, 0.1.0.0
;   PAYLOAD       the folder of the frozen program
;   ARTWORK       the folder of the icon and the pictures
;   LICENCE       the text to agree to
;   LONGEST       how many characters the longest path inside PAYLOAD has
;   SETUP         the file to make
;   SIGN          optional: a command that signs the file named behind it
;   QUICK         optional: pack fast rather than small
; Without a window: /S, then any of /DESKTOP /STARTUP /COMMAND /FIREWALL, and /D=FOLDER as the last.
; Exit codes: 0 done, 1 stopped by the person, 2 not possible, 5 Tacit is running.
; Removing without a window: uninstall.exe /S [/REMOVEDATA]. Data is kept unless that is said.

Target amd64-unicode
!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include WinVer.nsh
!include Sections.nsh
!include WinMessages.nsh

!define ROOM "Software\Tacit"
!define APPS "Software\Microsoft\Windows\CurrentVersion\Uninstall\Tacit"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!define CLASSES "Software\Classes"
!define EXPORT "Tacit.Chats"
!define RULE "Tacit: no network for conversations"
!define WEIGHTS "model.onnx.data"
!define LONGEST_PATH 259
!define NOT_POSSIBLE 2
!define IS_RUNNING 5

Name "Tacit"
OutFile "${SETUP}"
InstallDir "$LOCALAPPDATA\Programs\Tacit"
InstallDirRegKey HKCU "${ROOM}" "Folder"
RequestExecutionLevel user
ManifestDPIAware true
ManifestLongPathAware true
ManifestSupportedOS Win10
AllowSkipFiles off
ShowInstDetails nevershow
ShowUninstDetails nevershow
BrandingText "Tacit ${VERSION}"
!ifdef QUICK
  SetCompressor zlib
!else
  ; Each file by itself, so that the weights can be left as they are.
  SetCompressor lzma
  SetCompressorDictSize 32
!endif
!ifdef SIGN
  !finalize '${SIGN} "%1"'
  !uninstfinalize '${SIGN} "%1"'
!endif

VIProductVersion "${VERSION_FOUR}"
VIAddVersionKey /LANG=0 "ProductName" "Tacit"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "CompanyName" "Tacit"
VIAddVersionKey /LANG=0 "FileDescription" "Tacit Setup"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "LegalCopyright" "MIT licence"

; ---- pages ---------------------------------------------------------------------------------

!define MUI_ICON "${ARTWORK}/tacit.ico"
!define MUI_UNICON "${ARTWORK}/tacit.ico"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${ARTWORK}/welcome.bmp"
!define MUI_UNWELCOMEFINISHPAGE_BITMAP "${ARTWORK}/welcome.bmp"
!define MUI_HEADERIMAGE
!define MUI_HEADERIMAGE_RIGHT
!define MUI_HEADERIMAGE_BITMAP "${ARTWORK}/header.bmp"
!define MUI_HEADERIMAGE_UNBITMAP "${ARTWORK}/header.bmp"
!define MUI_ABORTWARNING

!define MUI_WELCOMEPAGE_TEXT "$(WELCOME)"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_COMPONENTS
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE CheckFolder
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\tacit-window.exe"
!define MUI_FINISHPAGE_RUN_TEXT "$(START)"
!insertmacro MUI_PAGE_FINISH

!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES

!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"
!insertmacro MUI_LANGUAGE "French"
!insertmacro MUI_LANGUAGE "Spanish"
!include languages.nsh

!include parts.nsh
!insertmacro DefineRefuseWhileRunning ""
!insertmacro DefineRefuseWhileRunning "un."

; ---- installing ----------------------------------------------------------------------------

Function .onInit
  SetShellVarContext current
  ${IfNot} ${AtLeastBuild} 17763
    !insertmacro Refuse "$(TOO_OLD)" ${NOT_POSSIBLE}
  ${EndIf}
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/RULES=" $R1
  ${IfNot} ${Errors}
    Call AddRules
    Quit
  ${EndIf}
  Call ChooseFromBefore
  ${If} ${Silent}
    Call CheckFolder
  ${EndIf}
  Call RefuseWhileRunning
FunctionEnd

Function AddRules
  StrCpy $R1 0
  !insertmacro RemoveRules
  !insertmacro AddRule "tacit-window.exe"
  !insertmacro AddRule "tacit-engine.exe"
  !insertmacro AddRule "tacit.exe"
  SetErrorLevel $R1
FunctionEnd

!macro Unfit sentence
    ${If} ${Silent}
      SetErrorLevel ${NOT_POSSIBLE}
      Quit
    ${EndIf}
    MessageBox MB_OK|MB_ICONEXCLAMATION "${sentence}"
    Abort
!macroend

; A folder with other people's files is not taken: upgrading and removing delete in it.
Function CheckFolder
  StrLen $R0 "$INSTDIR"
  IntOp $R0 $R0 + ${LONGEST}
  ${If} $R0 > ${LONGEST_PATH}
    !insertmacro Unfit "$(TOO_LONG)"
  ${EndIf}
  ${DirState} "$INSTDIR" $R0
  ${If} $R0 == 1
  ${AndIfNot} ${FileExists} "$INSTDIR\tacit-window.exe"
  ${AndIfNot} ${FileExists} "$INSTDIR\uninstall.exe"
    !insertmacro Unfit "$(NOT_EMPTY)"
  ${EndIf}
FunctionEnd

Section "Tacit" main
  SectionIn RO
  Call RefuseWhileRunning
  ; All of it beside the old one first: a full disk leaves the old one whole.
  RMDir /r "$INSTDIR\tacit.new"
  SetOutPath "$INSTDIR\tacit.new"
  ClearErrors
  File /r /x "${WEIGHTS}" "${PAYLOAD}/*.*"
  ; Packing them takes minutes and gains nothing.
  SetOutPath "$INSTDIR\tacit.new\_internal\resources\starter-model"
  SetCompress off
  File "${PAYLOAD}/_internal/resources/starter-model/${WEIGHTS}"
  SetCompress auto
  SetOutPath "$INSTDIR"
  ${If} ${Errors}
    RMDir /r "$INSTDIR\tacit.new"
    RMDir "$INSTDIR"
    !insertmacro Refuse "$(NOT_WRITTEN)" ${NOT_POSSIBLE}
  ${EndIf}
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
  Delete "$INSTDIR\tacit*.exe"
  ClearErrors
  Rename "$INSTDIR\tacit.new\_internal" "$INSTDIR\_internal"
  Rename "$INSTDIR\tacit.new\licences" "$INSTDIR\licences"
  Rename "$INSTDIR\tacit.new\tacit-courier.exe" "$INSTDIR\tacit-courier.exe"
  Rename "$INSTDIR\tacit.new\tacit-engine.exe" "$INSTDIR\tacit-engine.exe"
  Rename "$INSTDIR\tacit.new\tacit-window.exe" "$INSTDIR\tacit-window.exe"
  Rename "$INSTDIR\tacit.new\tacit.exe" "$INSTDIR\tacit.exe"
  ${If} ${Errors}
    !insertmacro Refuse "$(NOT_WRITTEN)" ${NOT_POSSIBLE}
  ${EndIf}
  RMDir "$INSTDIR\tacit.new"
  WriteUninstaller "$INSTDIR\uninstall.exe"

  CreateShortcut "$SMPROGRAMS\Tacit.lnk" "$INSTDIR\tacit-window.exe" "" "$INSTDIR\tacit-window.exe" 0 SW_SHOWNORMAL "" "$(WHAT_IT_IS)"
  WriteRegStr HKCU "${ROOM}" "Folder" "$INSTDIR"
  WriteRegStr HKCU "${APPS}" "DisplayName" "Tacit"
  WriteRegStr HKCU "${APPS}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${APPS}" "Publisher" "Tacit"
  WriteRegStr HKCU "${APPS}" "DisplayIcon" "$INSTDIR\tacit-window.exe"
  WriteRegStr HKCU "${APPS}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${APPS}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${APPS}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${APPS}" "NoModify" 1
  WriteRegDWORD HKCU "${APPS}" "NoRepair" 1
  !insertmacro OpenOurFiles
  ${GetSize} "$INSTDIR" "/S=0K" $R0 $R1 $R2
  IntFmt $R0 "0x%08X" $R0
  WriteRegDWORD HKCU "${APPS}" "EstimatedSize" $R0
SectionEnd

Section /o "$(DESKTOP)" desktop
  CreateShortcut "$DESKTOP\Tacit.lnk" "$INSTDIR\tacit-window.exe"
SectionEnd

Section /o "$(STARTUP)" startup
  WriteRegStr HKCU "${RUN}" "Tacit" '"$INSTDIR\tacit-window.exe"'
SectionEnd

Section /o "$(COMMAND)" command
  !insertmacro ReadPath
  ${If} $R9 == "yes"
    ${WordAdd} "$R0" ";" "+$INSTDIR" $R0
    !insertmacro WritePath
    WriteRegDWORD HKCU "${ROOM}" "Command" 1
  ${Else}
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(PATH_TOO_LONG)" /SD IDOK
  ${EndIf}
SectionEnd

Section /o "$(FIREWALL)" firewall
  ExecShellWait "runas" "$EXEPATH" '/S /RULES=add /D=$INSTDIR' SW_HIDE
  ; Windows does not hand its exit code on, but anybody may ask for the rule.
  nsExec::Exec '"$SYSDIR\netsh.exe" advfirewall firewall show rule name="${RULE}"'
  Pop $R0
  ${If} $R0 != 0
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(NO_RULES)" /SD IDOK
  ${Else}
    WriteRegDWORD HKCU "${ROOM}" "Firewall" 1
  ${EndIf}
SectionEnd

; What was chosen before and is not any more goes.
Section "-unchosen"
  ${IfNot} ${SectionIsSelected} ${desktop}
    Delete "$DESKTOP\Tacit.lnk"
  ${EndIf}
  ${IfNot} ${SectionIsSelected} ${startup}
    DeleteRegValue HKCU "${RUN}" "Tacit"
  ${EndIf}
  ReadRegDWORD $R8 HKCU "${ROOM}" "Command"
  ${If} $R8 == 1
  ${AndIfNot} ${SectionIsSelected} ${command}
    !insertmacro ReadPath
    ${If} $R9 == "yes"
      ${WordAdd} "$R0" ";" "-$INSTDIR" $R0
      !insertmacro WritePath
      DeleteRegValue HKCU "${ROOM}" "Command"
    ${EndIf}
  ${EndIf}
SectionEnd

!macro ChooseWhere option section
  ClearErrors
  ${GetOptions} $R0 "${option}" $R1
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${section}
  ${EndIf}
!macroend

; An upgrade goes on with what was chosen; options of the command line come on top.
Function ChooseFromBefore
  ${If} ${FileExists} "$DESKTOP\Tacit.lnk"
    !insertmacro SelectSection ${desktop}
  ${EndIf}
  ReadRegStr $R1 HKCU "${RUN}" "Tacit"
  ${If} $R1 != ""
    !insertmacro SelectSection ${startup}
  ${EndIf}
  ReadRegDWORD $R1 HKCU "${ROOM}" "Command"
  ${If} $R1 == 1
    !insertmacro SelectSection ${command}
  ${EndIf}
  ${GetParameters} $R0
  !insertmacro ChooseWhere "/DESKTOP" ${desktop}
  !insertmacro ChooseWhere "/STARTUP" ${startup}
  !insertmacro ChooseWhere "/COMMAND" ${command}
  !insertmacro ChooseWhere "/FIREWALL" ${firewall}
FunctionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${main} "$(ABOUT_MAIN)"
  !insertmacro MUI_DESCRIPTION_TEXT ${desktop} "$(ABOUT_DESKTOP)"
  !insertmacro MUI_DESCRIPTION_TEXT ${startup} "$(ABOUT_STARTUP)"
  !insertmacro MUI_DESCRIPTION_TEXT ${command} "$(ABOUT_COMMAND)"
  !insertmacro MUI_DESCRIPTION_TEXT ${firewall} "$(ABOUT_FIREWALL)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

; ---- removing ------------------------------------------------------------------------------

Section "un.Tacit" un_main
  SectionIn RO
  Call un.RefuseWhileRunning
  ReadRegDWORD $R1 HKCU "${ROOM}" "Firewall"
  ${If} $R1 == 1
    ExecShellWait "runas" "$INSTDIR\uninstall.exe" '/S /RULES=remove _?=$INSTDIR' SW_HIDE
  ${EndIf}
  ReadRegDWORD $R1 HKCU "${ROOM}" "Command"
  ${If} $R1 == 1
    !insertmacro ReadPath
    ${If} $R9 == "yes"
      ${un.WordAdd} "$R0" ";" "-$INSTDIR" $R0
      !insertmacro WritePath
    ${Else}
      MessageBox MB_OK|MB_ICONEXCLAMATION "$(PATH_TOO_LONG)" /SD IDOK
    ${EndIf}
  ${EndIf}
  ; Only what came with the program: whatever else lies in the folder is somebody's.
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
  RMDir /r "$INSTDIR\tacit.new"
  Delete "$INSTDIR\tacit.exe"
  Delete "$INSTDIR\tacit-window.exe"
  Delete "$INSTDIR\tacit-engine.exe"
  Delete "$INSTDIR\tacit-courier.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Tacit.lnk"
  Delete "$DESKTOP\Tacit.lnk"
  DeleteRegValue HKCU "${RUN}" "Tacit"
  DeleteRegKey HKCU "${APPS}"
  DeleteRegKey HKCU "${ROOM}"
  !insertmacro LeaveOurFiles
SectionEnd

Section /o "un.$(DATA)" un_data
  RMDir /r "$LOCALAPPDATA\tacit"
SectionEnd

Function un.onInit
  SetShellVarContext current
  ${un.GetParameters} $R0
  ClearErrors
  ${un.GetOptions} $R0 "/RULES=" $R1
  ${IfNot} ${Errors}
    !insertmacro RemoveRules
    SetErrorLevel 0
    Quit
  ${EndIf}
  ClearErrors
  ${un.GetOptions} $R0 "/REMOVEDATA" $R1
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${un_data}
  ${EndIf}
  Call un.RefuseWhileRunning
FunctionEnd

!insertmacro MUI_UNFUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${un_main} "$(ABOUT_MAIN)"
  !insertmacro MUI_DESCRIPTION_TEXT ${un_data} "$(ABOUT_DATA)"
!insertmacro MUI_UNFUNCTION_DESCRIPTION_END
