#include "check.h"

static void bag(void)
{
    luResource resource;
    char text[1200];
    size_t length = sizeof text;

    OK(stmfCreateLuResource(STMF_DISK, &resource));
    REFUSED(stmfCreateLuResource(1, &resource));
    IS(STMF_ERROR_NO_PROP, stmfGetLuProp(resource, STMF_LU_PROP_ALIAS, text, &length));
    OK(stmfSetLuProp(resource, STMF_LU_PROP_ALIAS, "the disk"));
    OK(stmfSetLuProp(resource, STMF_LU_PROP_WRITE_PROTECT, "TRUE"));
    IS(STMF_ERROR_INVALID_PROPSIZE, stmfSetLuProp(resource, STMF_LU_PROP_GUID, "6000"));
    REFUSED(stmfSetLuProp(resource, STMF_LU_PROP_COMPANY_ID, "zzzzzz"));
    REFUSED(stmfSetLuProp(resource, STMF_LU_PROP_SIZE, "huge"));
    memset(text, 'x', sizeof text);
    text[256] = 0;
    IS(STMF_ERROR_INVALID_PROPSIZE, stmfSetLuProp(resource, STMF_LU_PROP_ALIAS, text));
    IS(STMF_ERROR_INVALID_PROP, stmfSetLuProp(resource, STMF_LU_PROP_ACCESS_STATE, "0"));
    IS(STMF_ERROR_INVALID_PROP, stmfSetLuProp(resource, 99, "0"));
    IS(STMF_ERROR_INVALID_PROP, stmfGetLuProp(resource, 99, text, &length));
    IS(STMF_ERROR_INVALID_PROP, stmfGetLuProp(resource, STMF_LU_PROP_HOST_ID, text, &length));
    OK(stmfGetLuProp(resource, STMF_LU_PROP_WRITE_PROTECT, text, &length));
    CHECK(strcmp(text, "true") == 0);

    /* Too small by the NUL, then just enough; nothing is written where it does not fit. */
    length = strlen("the disk");
    memset(text, '#', sizeof text);
    REFUSED(stmfGetLuProp(resource, STMF_LU_PROP_ALIAS, text, &length));
    CHECK(length == strlen("the disk") + 1 && text[0] == '#');
    OK(stmfGetLuProp(resource, STMF_LU_PROP_ALIAS, text, &length));
    CHECK(strcmp(text, "the disk") == 0 && text[length] == '#');
    length = 0;
    REFUSED(stmfGetLuProp(resource, STMF_LU_PROP_ALIAS, text, &length));
    CHECK(length == strlen("the disk") + 1);

    OK(stmfFreeLuResource(resource));
    REFUSED(stmfFreeLuResource(resource));
    REFUSED(stmfGetLuProp(resource, STMF_LU_PROP_ALIAS, text, &length));
    REFUSED(stmfSetLuProp(resource, STMF_LU_PROP_ALIAS, "a"));
}

static void of_a_disk(void)
{
    stmfGuid lu, stranger;
    luResource resource;
    char text[1200], path[512];
    size_t length = sizeof text;

    memset(&stranger, 0x66, sizeof stranger);
    snprintf(path, sizeof path, "%s/p.img", given("DISKS"));
    CHECK(make_disk("p.img", &lu));
    OK(stmfModifyLu(&lu, STMF_LU_PROP_ALIAS, "renamed"));
    OK(stmfModifyLuByFname(STMF_DISK, path, STMF_LU_PROP_MGMT_URL, "http://192.0.2.1/"));
    IS(STMF_ERROR_INVALID_PROP, stmfModifyLu(&lu, STMF_LU_PROP_VID, "ACME"));
    IS(STMF_ERROR_INVALID_PROP, stmfModifyLu(&lu, 99, "0"));
    IS(STMF_ERROR_INVALID_PROP, stmfModifyLuByFname(STMF_DISK, path, STMF_LU_PROP_GUID, "0"));
    REFUSED(stmfModifyLu(&lu, STMF_LU_PROP_SIZE, "huge"));
    IS(STMF_ERROR_NOT_FOUND, stmfModifyLu(&stranger, STMF_LU_PROP_ALIAS, "a"));
    REFUSED(stmfModifyLuByFname(STMF_DISK, "", STMF_LU_PROP_ALIAS, "a"));
    IS(STMF_ERROR_NOT_FOUND, stmfGetLuResource(&stranger, &resource));
    OK(stmfGetLuResource(&lu, &resource));
    OK(stmfGetLuProp(resource, STMF_LU_PROP_ALIAS, text, &length));
    CHECK(strcmp(text, "renamed") == 0);
    OK(stmfGetLuProp(resource, STMF_LU_PROP_MGMT_URL, text, &length));
    CHECK(strcmp(text, "http://192.0.2.1/") == 0);
    OK(stmfGetLuProp(resource, STMF_LU_PROP_SIZE, text, &length));
    CHECK(strcmp(text, "1048576") == 0);
    OK(stmfGetLuProp(resource, STMF_LU_PROP_FILENAME, text, &length));
    CHECK(strcmp(text, path) == 0);
    OK(stmfGetLuProp(resource, STMF_LU_PROP_ACCESS_STATE, text, &length));
    CHECK(strcmp(text, "0") == 0);
    OK(stmfFreeLuResource(resource));
}

static void of_all_disks(void)
{
    char text[64];
    size_t length = sizeof text;

    IS(STMF_ERROR_NO_PROP, stmfGetGlobalLuProp(STMF_DISK, STMF_LU_PROP_MGMT_URL, text, &length));
    OK(stmfSetGlobalLuProp(STMF_DISK, STMF_LU_PROP_MGMT_URL, "http://192.0.2.2/"));
    length = 3;
    REFUSED(stmfGetGlobalLuProp(STMF_DISK, STMF_LU_PROP_MGMT_URL, text, &length));
    CHECK(length == 18);
    OK(stmfGetGlobalLuProp(STMF_DISK, STMF_LU_PROP_MGMT_URL, text, &length));
    CHECK(strcmp(text, "http://192.0.2.2/") == 0);
    OK(stmfSetGlobalLuProp(STMF_DISK, STMF_LU_PROP_MGMT_URL, ""));
    IS(STMF_ERROR_NO_PROP, stmfGetGlobalLuProp(STMF_DISK, STMF_LU_PROP_MGMT_URL, text, &length));
    IS(STMF_ERROR_INVALID_PROP, stmfSetGlobalLuProp(STMF_DISK, STMF_LU_PROP_ALIAS, "a"));
    IS(STMF_ERROR_INVALID_PROP, stmfGetGlobalLuProp(STMF_DISK, 99, text, &length));
    REFUSED(stmfSetGlobalLuProp(1, STMF_LU_PROP_MGMT_URL, ""));
    REFUSED(stmfGetGlobalLuProp(1, STMF_LU_PROP_MGMT_URL, text, &length));
}

void properties(void)
{
    bag();
    of_a_disk();
    of_all_disks();
}
