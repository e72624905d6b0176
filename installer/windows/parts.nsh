; What installing and removing both need. tacit.nsi includes it.

; End with a sentence and a code; without a window only with the code.
!macro Refuse sentence code
  MessageBox MB_OK|MB_ICONSTOP "${sentence}" /SD IDOK
  SetErrorLevel ${code}
  Quit
!macroend

; A program that runs cannot be opened for writing. Nothing is changed before all are closed.
!macro DefineRefuseWhileRunning prefix
Function ${prefix}RefuseWhileRunning
  again:
  StrCpy $R1 ""
  Push "tacit-window.exe"
  Push "tacit.exe"
  Push "tacit-engine.exe"
  Push "tacit-courier.exe"
  StrCpy $R2 4
  ${DoWhile} $R2 > 0
    IntOp $R2 $R2 - 1
    Pop $R0
    ${If} ${FileExists} "$INSTDIR\$R0"
      ClearErrors
      FileOpen $R3 "$INSTDIR\$R0" a
      ${If} ${Errors}
        StrCpy $R1 $R0
      ${Else}
        FileClose $R3
      ${EndIf}
    ${EndIf}
  ${Loop}
  ${If} $R1 != ""
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(RUNNING)" /SD IDCANCEL IDRETRY again
    SetErrorLevel ${IS_RUNNING}
    Quit
  ${EndIf}
FunctionEnd
!macroend

; The person's own search path, changed only where all of it fits into a variable of this
; installer: a longer one would be cut. $R0 is the path afterwards, $R9 whether it may be written.
!macro ReadPath
  StrCpy $R9 "yes"
  StrCpy $R0 ""
  System::Call 'advapi32::RegGetValueW(p 0x80000001, w "Environment", w "Path", i 0x10000006, p 0, p 0, *i 0 R2) i.R1'
  ${If} $R1 == 0
    IntOp $R2 $R2 / 2
    IntOp $R2 $R2 + 300
    ${If} $R2 < ${NSIS_MAX_STRLEN}
      ReadRegStr $R0 HKCU "Environment" "Path"
    ${Else}
      StrCpy $R9 "no"
    ${EndIf}
  ${EndIf}
!macroend

!macro WritePath
  ${If} $R0 == ""
    DeleteRegValue HKCU "Environment" "Path"
  ${Else}
    WriteRegExpandStr HKCU "Environment" "Path" $R0
  ${EndIf}
  SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=2000
!macroend

; Rules of the firewall need an administrator, the only thing here that does: this program is
; started once more with rights and does nothing but that.
!macro AddRule program
  nsExec::Exec '"$SYSDIR\netsh.exe" advfirewall firewall add rule name="${RULE}" dir=out action=block enable=yes profile=any program="$INSTDIR\${program}"'
  Pop $R0
  ${If} $R0 != 0
    StrCpy $R1 1
  ${EndIf}
!macroend

!macro RemoveRules
  nsExec::Exec '"$SYSDIR\netsh.exe" advfirewall firewall delete rule name="${RULE}"'
  Pop $R0
!macroend

; Exports (*.tacit) open with Tacit, for this person only; it asks before it imports one.
!macro OpenOurFiles
  WriteRegStr HKCU "${CLASSES}\${EXPORT}" "" "$(EXPORTS)"
  WriteRegStr HKCU "${CLASSES}\${EXPORT}\DefaultIcon" "" "$INSTDIR\tacit-window.exe,0"
  WriteRegStr HKCU "${CLASSES}\${EXPORT}\shell\open\command" "" '"$INSTDIR\tacit-window.exe" "%1"'
  WriteRegStr HKCU "${CLASSES}\.tacit" "" "${EXPORT}"
  !insertmacro TellOfFiles
!macroend

; What another program has made of it since stays.
!macro LeaveOurFiles
  DeleteRegKey HKCU "${CLASSES}\${EXPORT}"
  ReadRegStr $R0 HKCU "${CLASSES}\.tacit" ""
  ${If} $R0 == "${EXPORT}"
    DeleteRegValue HKCU "${CLASSES}\.tacit" ""
    DeleteRegKey /ifempty HKCU "${CLASSES}\.tacit"
  ${EndIf}
  !insertmacro TellOfFiles
!macroend

; SHCNE_ASSOCCHANGED: icons and programs of files are looked up anew.
!macro TellOfFiles
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
!macroend
