/* python.exe for the CPython that a wheel carries as a library only. */
#include <windows.h>

extern int Py_Main(int count, wchar_t **words);

int wmain(int count, wchar_t **words)
{
    return Py_Main(count, words);
}
