/* The layouts a program compiled against the original's header would expect, on a 64-bit machine. */
#include "check.h"
#include <stddef.h>

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type)
#define AT(type, field, offset) _Static_assert(offsetof(type, field) == (offset), #type "." #field)

SIZE(boolean_t, 4);
SIZE(stmfProtocol, 4);
SIZE(stmfGuid, 16);
SIZE(stmfState, 8);
SIZE(stmfDevid, 256);
SIZE(stmfGroupName, 256);
SIZE(stmfProvider, 260);
SIZE(stmfSession, 520);
SIZE(stmfViewEntry, 540);
SIZE(stmfViewEntryProperties, 556);
SIZE(stmfTargetProperties, 776);
SIZE(stmfLogicalUnitProperties, 560);
SIZE(stmfLogicalUnitProviderProperties, MAXPATHLEN + 72);
SIZE(stmfLocalPortProviderProperties, MAXPATHLEN + 72);

AT(stmfGuidList, guid, 4);
AT(stmfDevidList, devid, 4);
AT(stmfGroupList, name, 4);
AT(stmfGroupProperties, name, 4);
AT(stmfProviderList, provider, 4);
AT(stmfSessionList, session, 8);
AT(stmfViewEntryList, ve, 4);
AT(stmfSession, creationTime, 512);
AT(stmfViewEntry, hostGroup, 12);
AT(stmfViewEntry, allTargets, 268);
AT(stmfViewEntry, targetGroup, 272);
AT(stmfViewEntry, luNbrValid, 528);
AT(stmfViewEntry, luNbr, 532);
AT(stmfTargetProperties, status, 512);
AT(stmfTargetProperties, protocol, 516);
AT(stmfTargetProperties, devid, 520);
AT(stmfLogicalUnitProperties, vendor, 256);
AT(stmfLogicalUnitProperties, product, 264);
AT(stmfLogicalUnitProperties, revision, 280);
AT(stmfLogicalUnitProperties, status, 284);
AT(stmfLogicalUnitProperties, providerName, 288);
AT(stmfLogicalUnitProperties, luid, 544);

_Static_assert(STMF_LU_PROP_ALIAS == 1, "the first property");
_Static_assert(STMF_LU_PROP_MGMT_URL == 7, "a property");
_Static_assert(STMF_LU_PROP_HOST_ID == 16, "the last property");
_Static_assert(STMF_ERROR_INVALID_PROPSIZE == 0x8019 && STMF_ERROR_INVALID_PROP == 0x8020, "the jump in the codes");
_Static_assert(STMF_ERROR_FILE_IN_USE == 0x8100 && STMF_ERROR_WRITE_CACHE_SET == 0x8109, "the disks' codes");
_Static_assert(STMF_PROTOCOL_ISCSI == 5, "SPC's protocol identifier");
