#include "check.h"

static int holds(stmfGuid *lu)
{
    stmfGuidList *list = NULL;
    int found = 0;

    OK(stmfGetLogicalUnitList(&list));
    for (uint32_t i = 0; i < list->cnt; i++) {
        found += memcmp(&list->guid[i], lu, sizeof *lu) == 0;
        CHECK(i == 0 || memcmp(&list->guid[i - 1], &list->guid[i], sizeof *lu) < 0);
    }
    stmfFreeMemory(list);
    return found;
}

static void creation(stmfGuid *lu, char *path)
{
    luResource bag;
    stmfGuid again;
    char guid[33];

    OK(stmfCreateLuResource(STMF_DISK, &bag));
    IS(STMF_ERROR_MISSING_PROP_VAL, stmfCreateLu(bag, NULL));
    OK(stmfSetLuProp(bag, STMF_LU_PROP_FILENAME, path));
    IS(STMF_ERROR_FILE_IN_USE, stmfCreateLu(bag, NULL));
    memset(&again, 0, sizeof again);
    IS(STMF_ERROR_FILE_IN_USE, stmfImportLu(STMF_DISK, path, &again));
    CHECK(memcmp(&again, lu, sizeof again) == 0);
    for (int i = 0; i < 16; i++) snprintf(guid + 2 * i, 3, "%02X", lu->guid[i]);
    OK(stmfSetLuProp(bag, STMF_LU_PROP_GUID, guid));
    strcat(path, "2");
    OK(stmfSetLuProp(bag, STMF_LU_PROP_FILENAME, path));
    OK(stmfSetLuProp(bag, STMF_LU_PROP_SIZE, "1m"));
    IS(STMF_ERROR_GUID_IN_USE, stmfCreateLu(bag, NULL));
    OK(stmfFreeLuResource(bag));
    REFUSED(stmfCreateLu(bag, NULL));
    REFUSED(stmfImportLu(STMF_DISK, "", &again));
    REFUSED(stmfImportLu(1, path, &again));
    path[strlen(path) - 1] = 0;
}

static void states(stmfGuid *lu)
{
    stmfLogicalUnitProperties properties;

    CHECK(wait_for_lu(lu, STMF_LOGICAL_UNIT_ONLINE));
    OK(stmfGetLogicalUnitProperties(lu, &properties));
    CHECK(strcmp(properties.providerName, "sbd") == 0 && strstr(properties.alias, "a.img") != NULL);
    CHECK(memcmp(&properties.luid, lu, sizeof *lu) == 0 && properties.vendor[0] == 0 && properties.product[0] == 0);
    OK(stmfOnlineLogicalUnit(lu));
    OK(stmfOfflineLogicalUnit(lu));
    CHECK(wait_for_lu(lu, STMF_LOGICAL_UNIT_OFFLINE));
    OK(stmfOnlineLogicalUnit(lu));
    CHECK(wait_for_lu(lu, STMF_LOGICAL_UNIT_ONLINE));
}

void units(void)
{
    stmfGuid lu, stranger;
    char path[512];
    stmfViewEntry entry;
    stmfLogicalUnitProperties properties;
    luResource bag;
    char access[4];
    size_t length = sizeof access;

    snprintf(path, sizeof path, "%s/a.img", given("DISKS"));
    memset(&stranger, 0x66, sizeof stranger);
    memset(&entry, 0, sizeof entry);
    entry.allHosts = entry.allTargets = B_TRUE;
    CHECK(make_disk("a.img", &lu) && lu.guid[0] >> 4 == 6);
    CHECK(holds(&lu) == 1 && holds(&stranger) == 0);
    creation(&lu, path);
    states(&lu);

    OK(stmfLuStandby(&lu));
    OK(stmfGetLuResource(&lu, &bag));
    OK(stmfGetLuProp(bag, STMF_LU_PROP_ACCESS_STATE, access, &length));
    CHECK(strcmp(access, "2") == 0);
    IS(STMF_ERROR_NO_PROP_STANDBY, stmfGetLuProp(bag, STMF_LU_PROP_SIZE, access, &length));
    OK(stmfFreeLuResource(bag));

    OK(stmfAddViewEntry(&lu, &entry));
    OK(stmfDeleteLu(&lu));
    CHECK(holds(&lu) == 1);
    OK(stmfGetLogicalUnitProperties(&lu, &properties));
    CHECK(properties.status == STMF_LOGICAL_UNIT_UNREGISTERED && properties.providerName[0] == 0);
    IS(STMF_ERROR_NOT_FOUND, stmfDeleteLu(&lu));
    OK(stmfImportLu(STMF_DISK, path, &stranger));
    CHECK(memcmp(&lu, &stranger, sizeof lu) == 0);

    /* Of no such disk, of no NAA 6 identifier, and all zero. */
    for (int i = 0; i < 3; i++) {
        static const int first[] = {0x66, 0x55, 0x00};
        memset(&stranger, first[i], sizeof stranger);
        IS(STMF_ERROR_NOT_FOUND, stmfOnlineLogicalUnit(&stranger));
        IS(STMF_ERROR_NOT_FOUND, stmfOfflineLogicalUnit(&stranger));
        IS(STMF_ERROR_NOT_FOUND, stmfLuStandby(&stranger));
        IS(STMF_ERROR_NOT_FOUND, stmfDeleteLu(&stranger));
        IS(STMF_ERROR_NOT_FOUND, stmfGetLogicalUnitProperties(&stranger, &properties));
        IS(STMF_ERROR_NOT_FOUND, stmfGetLuResource(&stranger, &bag));
        IS(STMF_ERROR_NOT_FOUND, stmfRemoveViewEntry(&stranger, 0));
    }
}
