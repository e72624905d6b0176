/* What programs for Windows 10 call and wine 8 lacks. It stays in wine's own folder of system
 * libraries and never travels. wine.sh makes one library for each of the names. */
#include <windows.h>

BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, void *reserved)
{
    return TRUE;
}

#ifdef BCRYPTPRIMITIVES
BOOLEAN NTAPI SystemFunction036(void *buffer, ULONG size); /* RtlGenRandom, of advapi32 */

__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *buffer, SIZE_T size)
{
    return SystemFunction036(buffer, (ULONG)size);
}
#endif

#ifdef ICUUC
/* Windows' copy of ICU, which Qt asks for old encodings. This one knows none. */
#define U_FILE_ACCESS_ERROR 4
#define NEVER(name) \
    __declspec(dllexport) void *name(void) { return NULL; }

__declspec(dllexport) void *ucnv_open(const char *name, int *status)
{
    *status = U_FILE_ACCESS_ERROR;
    return NULL;
}

NEVER(ucnv_close) NEVER(ucnv_reset) NEVER(ucnv_getMaxCharSize) NEVER(ucnv_getName)
NEVER(ucnv_getToUCallBack) NEVER(ucnv_getFromUCallBack) NEVER(ucnv_setToUCallBack)
NEVER(ucnv_setFromUCallBack) NEVER(ucnv_cbToUWriteUChars) NEVER(ucnv_cbFromUWriteUChars)
NEVER(ucnv_toUnicode) NEVER(ucnv_fromUnicode) NEVER(ucnv_toUCountPending)
NEVER(ucnv_fromUCountPending) NEVER(ucnv_getStandardName) NEVER(ucnv_getAvailableName)
NEVER(ucnv_countAvailable) NEVER(UCNV_FROM_U_CALLBACK_SUBSTITUTE)
NEVER(UCNV_TO_U_CALLBACK_SUBSTITUTE)
#endif

#ifdef D3D12
/* Without a Vulkan driver wine's own shows a box that nobody clicks away. This is a computer
 * whose graphics are too old for Direct3D 12. */
#define TOO_OLD ((HRESULT)0x887A0004) /* DXGI_ERROR_UNSUPPORTED */
#define UNSUPPORTED(name) \
    __declspec(dllexport) HRESULT WINAPI name(void) { return TOO_OLD; }

UNSUPPORTED(D3D12CreateDevice) UNSUPPORTED(D3D12GetDebugInterface)
UNSUPPORTED(D3D12SerializeRootSignature) UNSUPPORTED(D3D12SerializeVersionedRootSignature)
UNSUPPORTED(D3D12CreateRootSignatureDeserializer)
UNSUPPORTED(D3D12CreateVersionedRootSignatureDeserializer)
UNSUPPORTED(D3D12EnableExperimentalFeatures) UNSUPPORTED(D3D12GetInterface)
#endif
