/* Every pointer of every function, NULL where none is allowed; what is right beside it changes nothing. */
#include "check.h"

static void framework_and_ports(void)
{
    stmfDevid target = devid_of(given("TARGET"));
    stmfTargetProperties properties;
    stmfSessionList *sessions;
    stmfDevid devid;
    uchar_t wwn[8] = {0};

    REFUSED(stmfGetState(NULL));
    REFUSED(stmfGetTargetList(NULL));
    REFUSED(stmfGetTargetProperties(NULL, &properties));
    REFUSED(stmfGetTargetProperties(&target, NULL));
    REFUSED(stmfGetSessionList(NULL, &sessions));
    REFUSED(stmfGetSessionList(&target, NULL));
    REFUSED(stmfOnlineTarget(NULL));
    REFUSED(stmfOfflineTarget(NULL));
    REFUSED(stmfDevidFromIscsiName(NULL, &devid));
    REFUSED(stmfDevidFromIscsiName("iqn.2026-11.example:a", NULL));
    REFUSED(stmfDevidFromWwn(NULL, &devid));
    REFUSED(stmfDevidFromWwn(wwn, NULL));
    stmfFreeMemory(NULL);
}

static void groups_and_views(void)
{
    stmfGroupName group = "some";
    stmfDevid member = devid_of("iqn.2026-11.example:member");
    stmfGroupProperties *members;
    stmfGuid lu;
    stmfViewEntry entry;
    stmfViewEntryList *entries;

    memset(&lu, 0x66, sizeof lu);
    memset(&entry, 0, sizeof entry);
    REFUSED(stmfCreateTargetGroup(NULL));
    REFUSED(stmfDeleteTargetGroup(NULL));
    REFUSED(stmfGetTargetGroupList(NULL));
    REFUSED(stmfGetTargetGroupMembers(NULL, &members));
    REFUSED(stmfGetTargetGroupMembers(&group, NULL));
    REFUSED(stmfAddToTargetGroup(NULL, &member));
    REFUSED(stmfAddToTargetGroup(&group, NULL));
    REFUSED(stmfRemoveFromTargetGroup(NULL, &member));
    REFUSED(stmfRemoveFromTargetGroup(&group, NULL));
    REFUSED(stmfCreateHostGroup(NULL));
    REFUSED(stmfDeleteHostGroup(NULL));
    REFUSED(stmfGetHostGroupList(NULL));
    REFUSED(stmfGetHostGroupMembers(NULL, &members));
    REFUSED(stmfGetHostGroupMembers(&group, NULL));
    REFUSED(stmfAddToHostGroup(NULL, &member));
    REFUSED(stmfAddToHostGroup(&group, NULL));
    REFUSED(stmfRemoveFromHostGroup(NULL, &member));
    REFUSED(stmfRemoveFromHostGroup(&group, NULL));
    REFUSED(stmfAddViewEntry(NULL, &entry));
    REFUSED(stmfAddViewEntry(&lu, NULL));
    REFUSED(stmfRemoveViewEntry(NULL, 0));
    REFUSED(stmfGetViewEntryList(NULL, &entries));
    REFUSED(stmfGetViewEntryList(&lu, NULL));
    REFUSED(stmfValidateView(NULL));
}

static void logical_units(void)
{
    stmfGuid lu;
    luResource bag;
    stmfLogicalUnitProperties properties;
    char text[8];
    size_t length = sizeof text;

    memset(&lu, 0x66, sizeof lu);
    OK(stmfCreateLuResource(STMF_DISK, &bag));
    REFUSED(stmfCreateLuResource(STMF_DISK, NULL));
    REFUSED(stmfFreeLuResource(NULL));
    REFUSED(stmfCreateLu(NULL, &lu));
    REFUSED(stmfImportLu(STMF_DISK, NULL, &lu));
    REFUSED(stmfImportLu(STMF_DISK, "/a.img", NULL));
    REFUSED(stmfDeleteLu(NULL));
    REFUSED(stmfLuStandby(NULL));
    REFUSED(stmfGetLogicalUnitList(NULL));
    REFUSED(stmfGetLogicalUnitProperties(NULL, &properties));
    REFUSED(stmfGetLogicalUnitProperties(&lu, NULL));
    REFUSED(stmfOnlineLogicalUnit(NULL));
    REFUSED(stmfOfflineLogicalUnit(NULL));
    REFUSED(stmfModifyLu(NULL, STMF_LU_PROP_ALIAS, "a"));
    REFUSED(stmfModifyLu(&lu, STMF_LU_PROP_ALIAS, NULL));
    REFUSED(stmfModifyLuByFname(STMF_DISK, NULL, STMF_LU_PROP_ALIAS, "a"));
    REFUSED(stmfModifyLuByFname(STMF_DISK, "/a.img", STMF_LU_PROP_ALIAS, NULL));
    REFUSED(stmfGetLuResource(NULL, &bag));
    REFUSED(stmfGetLuResource(&lu, NULL));
    REFUSED(stmfGetLuProp(NULL, STMF_LU_PROP_ALIAS, text, &length));
    REFUSED(stmfGetLuProp(bag, STMF_LU_PROP_ALIAS, NULL, &length));
    REFUSED(stmfGetLuProp(bag, STMF_LU_PROP_ALIAS, text, NULL));
    REFUSED(stmfSetLuProp(NULL, STMF_LU_PROP_ALIAS, "a"));
    REFUSED(stmfSetLuProp(bag, STMF_LU_PROP_ALIAS, NULL));
    OK(stmfFreeLuResource(bag));
}

static void settings_and_data(void)
{
    char text[8];
    size_t length = sizeof text;
    boolean_t enabled;
    uint32_t node;
    nvlist_t *list = NULL;
    nvpair_t *pair = NULL;

    REFUSED(stmfGetGlobalLuProp(STMF_DISK, STMF_LU_PROP_MGMT_URL, NULL, &length));
    REFUSED(stmfGetGlobalLuProp(STMF_DISK, STMF_LU_PROP_MGMT_URL, text, NULL));
    REFUSED(stmfSetGlobalLuProp(STMF_DISK, STMF_LU_PROP_MGMT_URL, NULL));
    REFUSED(stmfGetStmfProp(STMF_DEFAULT_LU_STATE, NULL, &length));
    REFUSED(stmfGetStmfProp(STMF_DEFAULT_LU_STATE, text, NULL));
    REFUSED(stmfSetStmfProp(STMF_DEFAULT_LU_STATE, NULL));
    REFUSED(stmfGetPersistMethod(NULL, B_TRUE));
    REFUSED(stmfGetPersistMethod(NULL, B_FALSE));
    REFUSED(stmfGetAluaState(NULL, &node));
    REFUSED(stmfGetAluaState(&enabled, NULL));
    REFUSED(stmfInitProxyDoor(NULL, 0));
    REFUSED(stmfPostProxyMsg(1, NULL, 4));

    CHECK(nvlist_alloc(&list, NV_UNIQUE_NAME, 0) == 0 && nvlist_alloc(NULL, NV_UNIQUE_NAME, 0) == EINVAL);
    CHECK(nvlist_add_string(NULL, "a", "b") == EINVAL && nvlist_add_string(list, NULL, "b") == EINVAL);
    CHECK(nvlist_add_string(list, "a", NULL) == EINVAL && nvlist_add_nvlist(list, "a", NULL) == EINVAL);
    CHECK(nvlist_lookup_nvpair(list, "a", NULL) == EINVAL && nvlist_lookup_nvpair(list, NULL, &pair) == EINVAL);
    CHECK(nvlist_next_nvpair(NULL, NULL) == NULL && nvpair_name(NULL) == NULL);
    nvlist_free(NULL);
    REFUSED(stmfGetProviderData(NULL, &list, STMF_LU_PROVIDER_TYPE));
    REFUSED(stmfGetProviderData("acme", NULL, STMF_LU_PROVIDER_TYPE));
    REFUSED(stmfGetProviderDataProt("acme", NULL, STMF_LU_PROVIDER_TYPE, NULL));
    REFUSED(stmfSetProviderData(NULL, list, STMF_LU_PROVIDER_TYPE));
    REFUSED(stmfSetProviderData("acme", NULL, STMF_LU_PROVIDER_TYPE));
    REFUSED(stmfSetProviderDataProt("acme", NULL, STMF_LU_PROVIDER_TYPE, NULL));
    REFUSED(stmfClearProviderData(NULL, STMF_LU_PROVIDER_TYPE));
    REFUSED(stmfGetProviderDataList(NULL));
    nvlist_free(list);
    CHECK(lunette_stmf_detail(NULL, 0) > 1);
}

void nulls(void)
{
    framework_and_ports();
    groups_and_views();
    logical_units();
    settings_and_data();
}
