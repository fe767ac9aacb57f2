#include "check.h"

void identifiers(void)
{
    stmfDevid devid;
    uchar_t wwn[8] = {0x21, 0x00, 0x00, 0xe0, 0x8b, 0x0a, 0xbc, 0xde};
    char name[300];

    OK(stmfDevidFromIscsiName("iqn.2026-11.example:client", &devid));
    CHECK(devid.identLength == 26 && memcmp(devid.ident, "iqn.2026-11.example:client", 26) == 0);
    CHECK(devid.ident[26] == 0 && devid.ident[254] == 0);
    OK(stmfDevidFromIscsiName("eui.02004567A425678D", &devid));
    REFUSED(stmfDevidFromIscsiName("naa.52004567BA64678D", &devid));
    REFUSED(stmfDevidFromIscsiName("", &devid));
    memset(name, 'x', sizeof name);
    memcpy(name, "iqn.", 4);
    name[223] = 0;
    OK(stmfDevidFromIscsiName(name, &devid));
    CHECK(devid.identLength == 223);
    name[223] = 'x';
    name[224] = 0;
    REFUSED(stmfDevidFromIscsiName(name, &devid));
    REFUSED(stmfDevidFromIscsiName("iqn.\xff", &devid));

    OK(stmfDevidFromWwn(wwn, &devid));
    CHECK(devid.identLength == 20 && memcmp(devid.ident, "wwn.210000E08B0ABCDE", 20) == 0);

    stmfFreeMemory(NULL);
}
