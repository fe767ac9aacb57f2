#include "check.h"

static stmfViewEntry to_all(void)
{
    stmfViewEntry entry;
    memset(&entry, 0, sizeof entry);
    entry.allHosts = entry.allTargets = B_TRUE;
    return entry;
}

static stmfViewEntry at(int lun)
{
    stmfViewEntry entry = to_all();
    entry.luNbrValid = B_TRUE;
    entry.luNbr[0] = (uchar_t)(lun >> 8);
    entry.luNbr[1] = (uchar_t)lun;
    return entry;
}

static void refusals(stmfGuid *lu, stmfGuid *other)
{
    stmfViewEntry entry = at(7);

    IS(STMF_ERROR_VE_CONFLICT, stmfAddViewEntry(lu, &entry));
    entry = at(0);
    IS(STMF_ERROR_LUN_IN_USE, stmfAddViewEntry(other, &entry));
    IS(STMF_ERROR_LUN_IN_USE, stmfValidateView(&entry));
    entry = to_all();
    entry.allHosts = B_FALSE;
    REFUSED(stmfAddViewEntry(other, &entry));
    strcpy(entry.hostGroup, "nobody");
    IS(STMF_ERROR_INVALID_HG, stmfAddViewEntry(other, &entry));
    IS(STMF_ERROR_INVALID_HG, stmfValidateView(&entry));
    memset(entry.hostGroup, 'x', sizeof entry.hostGroup);
    REFUSED(stmfAddViewEntry(other, &entry));
    REFUSED(stmfValidateView(&entry));
    entry = to_all();
    entry.allTargets = B_FALSE;
    strcpy(entry.targetGroup, "nothing");
    IS(STMF_ERROR_INVALID_TG, stmfAddViewEntry(other, &entry));
    entry = at(16384);
    REFUSED(stmfAddViewEntry(other, &entry));
}

void views(void)
{
    stmfGuid lu, other, unknown;
    stmfGroupName hosts = "hosts";
    stmfViewEntry entry = to_all();
    stmfViewEntryList *list = NULL;

    CHECK(make_disk("a.img", &lu) && make_disk("b.img", &other));
    OK(stmfValidateView(&entry));
    CHECK(!entry.veIndexValid && entry.luNbrValid && entry.luNbr[0] == 0 && entry.luNbr[1] == 0);
    entry = to_all();
    entry.veIndexValid = B_TRUE;
    entry.veIndex = 99;
    OK(stmfAddViewEntry(&lu, &entry));
    CHECK(entry.veIndexValid && entry.veIndex == 0 && entry.luNbrValid && entry.luNbr[1] == 0);
    refusals(&lu, &other);

    OK(stmfCreateHostGroup(&hosts));
    entry = at(0x1234);
    entry.allHosts = B_FALSE;
    strcpy(entry.hostGroup, hosts);
    OK(stmfAddViewEntry(&other, &entry));
    IS(STMF_ERROR_GROUP_IN_USE, stmfDeleteHostGroup(&hosts));
    OK(stmfGetViewEntryList(&other, &list));
    CHECK(list->cnt == 1 && list->ve[0].veIndexValid && list->ve[0].veIndex == 0);
    CHECK(!list->ve[0].allHosts && strcmp(list->ve[0].hostGroup, hosts) == 0);
    CHECK(list->ve[0].allTargets && list->ve[0].targetGroup[0] == 0);
    CHECK(list->ve[0].luNbrValid && list->ve[0].luNbr[0] == 0x12 && list->ve[0].luNbr[1] == 0x34);
    stmfFreeMemory(list);

    /* A GUID nobody registered takes views, and one nobody knows has none. */
    memset(&unknown, 0x66, sizeof unknown);
    OK(stmfGetViewEntryList(&unknown, &list));
    CHECK(list->cnt == 0);
    stmfFreeMemory(list);
    entry = to_all();
    OK(stmfAddViewEntry(&unknown, &entry));
    CHECK(entry.luNbr[1] == 1);
    OK(stmfRemoveViewEntry(&unknown, entry.veIndex));
    IS(STMF_ERROR_NOT_FOUND, stmfRemoveViewEntry(&unknown, entry.veIndex));
}
