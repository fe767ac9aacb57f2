#include "check.h"

/* The two kinds behave alike: one body over the functions of each. */
struct kind {
    int (*create)(stmfGroupName *);
    int (*delete)(stmfGroupName *);
    int (*list)(stmfGroupList **);
    int (*members)(stmfGroupName *, stmfGroupProperties **);
    int (*add)(stmfGroupName *, stmfDevid *);
    int (*remove)(stmfGroupName *, stmfDevid *);
};

static void names(const struct kind *kind)
{
    stmfGroupName group = "", full;
    stmfGroupList *list = NULL;

    REFUSED(kind->create(&group));
    strcpy(group, "*");
    IS(STMF_STATUS_ERROR, kind->create(&group));
    strcpy(group, "*all");
    IS(STMF_STATUS_ERROR, kind->create(&group));
    strcpy(group, "\xff");
    REFUSED(kind->create(&group));
    strcpy(group, "caf\xc3\xa9");
    OK(kind->create(&group));
    IS(STMF_ERROR_EXISTS, kind->create(&group));
    memset(full, 'x', sizeof full);
    REFUSED(kind->create(&full));
    REFUSED(kind->delete(&full));
    full[255] = 0;
    OK(kind->create(&full));

    OK(kind->list(&list));
    CHECK(list->cnt == 2 && strcmp(list->name[0], group) == 0 && strcmp(list->name[1], full) == 0);
    stmfFreeMemory(list);
    OK(kind->delete(&full));
    OK(kind->delete(&group));
    IS(STMF_ERROR_NOT_FOUND, kind->delete(&group));
    OK(kind->list(&list));
    CHECK(list->cnt == 0);
    stmfFreeMemory(list);
}

static void membership(const struct kind *kind)
{
    stmfGroupName group = "some", other = "others";
    stmfDevid member = devid_of("iqn.2026-11.example:member"), empty, odd = devid_of("iqn.2026-11\xff");
    stmfGroupProperties *members = NULL;

    memset(&empty, 0, sizeof empty);
    IS(STMF_ERROR_GROUP_NOT_FOUND, kind->add(&group, &member));
    IS(STMF_ERROR_NOT_FOUND, kind->members(&group, &members));
    OK(kind->create(&group));
    OK(kind->create(&other));
    OK(kind->add(&group, &member));
    IS(STMF_ERROR_EXISTS, kind->add(&group, &member));
    IS(STMF_ERROR_EXISTS, kind->add(&other, &member));
    REFUSED(kind->add(&group, &empty));
    REFUSED(kind->add(&group, &odd));
    OK(kind->members(&group, &members));
    CHECK(members->cnt == 1 && memcmp(&members->name[0], &member, sizeof member) == 0);
    stmfFreeMemory(members);
    IS(STMF_ERROR_MEMBER_NOT_FOUND, kind->remove(&other, &member));
    OK(kind->remove(&group, &member));
    OK(kind->delete(&group));
    IS(STMF_ERROR_GROUP_NOT_FOUND, kind->remove(&group, &member));
    OK(kind->delete(&other));
}

void groups(void)
{
    static const struct kind hosts = {
        stmfCreateHostGroup, stmfDeleteHostGroup, stmfGetHostGroupList, stmfGetHostGroupMembers, stmfAddToHostGroup,
        stmfRemoveFromHostGroup,
    };
    static const struct kind ports = {
        stmfCreateTargetGroup, stmfDeleteTargetGroup, stmfGetTargetGroupList, stmfGetTargetGroupMembers,
        stmfAddToTargetGroup, stmfRemoveFromTargetGroup,
    };
    stmfGroupName group = "ports";
    stmfDevid target = devid_of(given("TARGET"));

    names(&hosts);
    names(&ports);
    membership(&hosts);
    membership(&ports);

    OK(stmfCreateTargetGroup(&group));
    IS(STMF_ERROR_TG_ONLINE, stmfAddToTargetGroup(&group, &target));
    OK(stmfOfflineTarget(&target));
    CHECK(wait_for_target(&target, STMF_TARGET_PORT_OFFLINE));
    OK(stmfAddToTargetGroup(&group, &target));
    OK(stmfOnlineTarget(&target));
    CHECK(wait_for_target(&target, STMF_TARGET_PORT_ONLINE));
    IS(STMF_ERROR_TG_ONLINE, stmfRemoveFromTargetGroup(&group, &target));
}
