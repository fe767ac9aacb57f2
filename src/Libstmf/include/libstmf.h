/*
 * libstmf for Lunette: administration of the SCSI target mode framework from C.
 *
 * Link with -lstmf. Every function talks to the daemon over its Unix socket: the one LUNETTE_SOCKET names, else
 * admin.sock in the daemon's home (LUNETTE_HOME, else lunette in the XDG data directory). A call may take 60 seconds,
 * or as many as LUNETTE_TIMEOUT says. All functions may be called from any thread. In the child of a fork they may be
 * called too, unless another thread was inside one of them at the time of the fork.
 *
 * Functions that return int return one of the codes below. Arguments are judged first: a NULL where none is allowed, a
 * name without a NUL in its field or an unknown constant gives STMF_ERROR_INVALID_ARG before anything else happens.
 * Any function that needs the daemon can also come to STMF_ERROR_SERVICE_NOT_FOUND (no daemon listens),
 * STMF_ERROR_PERM, STMF_ERROR_BUSY or STMF_STATUS_ERROR. Lists are one allocation, released with stmfFreeMemory.
 */
#ifndef LUNETTE_LIBSTMF_H
#define LUNETTE_LIBSTMF_H

#include <sys/param.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "lunette_nvpair.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Results. */
#define STMF_STATUS_SUCCESS                    0x0000  /* done */
#define STMF_STATUS_ERROR                      0x8000  /* unknown error */
#define STMF_ERROR_BUSY                        0x8001  /* resource busy */
#define STMF_ERROR_NOT_FOUND                   0x8002  /* not found */
#define STMF_ERROR_MEMBER_NOT_FOUND            0x8003  /* not a member of the group */
#define STMF_ERROR_GROUP_NOT_FOUND             0x8004  /* group not found */
#define STMF_ERROR_PERM                        0x8005  /* permission denied */
#define STMF_ERROR_NOMEM                       0x8006  /* out of memory */
#define STMF_ERROR_INVALID_ARG                 0x8007  /* invalid argument */
#define STMF_ERROR_EXISTS                      0x8008  /* already exists */
#define STMF_ERROR_SERVICE_NOT_FOUND           0x8009  /* STMF service not found */
#define STMF_ERROR_SERVICE_ONLINE              0x800a  /* STMF service must be offline */
#define STMF_ERROR_SERVICE_OFFLINE             0x800b  /* STMF service is offline */
#define STMF_ERROR_GROUP_IN_USE                0x800c  /* group is in use by existing view entry */
#define STMF_ERROR_LUN_IN_USE                  0x800d  /* LUN already in use */
#define STMF_ERROR_VE_CONFLICT                 0x800e  /* view entry exists */
#define STMF_ERROR_CONFIG_NONE                 0x800f  /* STMF service is not initialized */
#define STMF_ERROR_SERVICE_DATA_VERSION        0x8010  /* STMF service version incorrect */
#define STMF_ERROR_INVALID_HG                  0x8011  /* invalid host group */
#define STMF_ERROR_INVALID_TG                  0x8012  /* invalid target group */
#define STMF_ERROR_PROV_DATA_STALE             0x8013  /* provider data was changed by somebody else */
#define STMF_ERROR_NO_PROP                     0x8014  /* property not set */
#define STMF_ERROR_NO_PROP_VAL                 0x8015  /* property value missing */
#define STMF_ERROR_MISSING_PROP_VAL            0x8016  /* missing property value */
#define STMF_ERROR_INVALID_BLOCKSIZE           0x8017  /* invalid block size */
#define STMF_ERROR_FILE_ALREADY                0x8018  /* file is a logical unit already */
#define STMF_ERROR_INVALID_PROPSIZE            0x8019  /* invalid property size */
#define STMF_ERROR_INVALID_PROP                0x8020  /* invalid property */
#define STMF_ERROR_PERSIST_TYPE                0x8021  /* unable to read or set the persist method */
#define STMF_ERROR_TG_ONLINE                   0x8022  /* STMF target must be offline */
#define STMF_ERROR_ACCESS_STATE_SET            0x8023  /* unable to set the access state */
#define STMF_ERROR_NO_PROP_STANDBY             0x8024  /* prop unavailable in standby */
#define STMF_ERROR_POST_MSG_FAILED             0x8025  /* proxy message failed */
#define STMF_ERROR_DOOR_INSTALLED              0x8026  /* proxy door already installed */
#define STMF_ERROR_FILE_IN_USE                 0x8100  /* file already in use */
#define STMF_ERROR_INVALID_BLKSIZE             0x8101  /* invalid block size */
#define STMF_ERROR_GUID_IN_USE                 0x8102  /* guid already in use */
#define STMF_ERROR_META_FILE_NAME              0x8103  /* meta file error */
#define STMF_ERROR_DATA_FILE_NAME              0x8104  /* data file error */
#define STMF_ERROR_SIZE_OUT_OF_RANGE           0x8105  /* invalid size */
#define STMF_ERROR_LU_BUSY                     0x8106  /* logical unit busy */
#define STMF_ERROR_META_CREATION               0x8107  /* unable to write the metadata */
#define STMF_ERROR_FILE_SIZE_INVALID           0x8108  /* file size invalid */
#define STMF_ERROR_WRITE_CACHE_SET             0x8109  /* unable to set the write cache */

/* States of a logical unit. */
#define STMF_LOGICAL_UNIT_OFFLINE      0
#define STMF_LOGICAL_UNIT_OFFLINING    1
#define STMF_LOGICAL_UNIT_ONLINE       2
#define STMF_LOGICAL_UNIT_ONLINING     3
#define STMF_LOGICAL_UNIT_UNREGISTERED 4

/* States of a target port. */
#define STMF_TARGET_PORT_OFFLINE   5
#define STMF_TARGET_PORT_OFFLINING 6
#define STMF_TARGET_PORT_ONLINE    7
#define STMF_TARGET_PORT_ONLINING  8

/* States of the service. */
#define STMF_SERVICE_STATE_ONLINE    9
#define STMF_SERVICE_STATE_OFFLINE   10
#define STMF_SERVICE_STATE_ONLINING  11
#define STMF_SERVICE_STATE_OFFLINING 12
#define STMF_SERVICE_STATE_UNKNOWN   13

/* States of the configuration. */
#define STMF_CONFIG_STATE_NONE      14
#define STMF_CONFIG_STATE_INIT      15
#define STMF_CONFIG_STATE_INIT_DONE 16
#define STMF_CONFIG_STATE_UNKNOWN   17

/* Properties of the framework: the state in which objects begin, "online" or "offline". */
#define STMF_DEFAULT_LU_STATE          18
#define STMF_DEFAULT_TARGET_PORT_STATE 19

/* Kinds of resources, providers and ways to keep the configuration. */
#define STMF_DISK               0
#define STMF_LU_PROVIDER_TYPE   1
#define STMF_PORT_PROVIDER_TYPE 2
#define STMF_PERSIST_SMF        1
#define STMF_PERSIST_NONE       2

/* Names of ports. */
#define STMF_FC_PORT_WWN  1
#define STMF_ISCSI_NAME   2
#define EUI_64_TYPE       2
#define NAA_TYPE          3
#define SCSI_NAME_TYPE    8
#define BINARY_CODE_SET   1
#define ASCII_CODE_SET    2
#define UTF_8_CODE_SET    3
#define STMF_IDENT_LENGTH 255

/* Properties of a disk; their values are text. */
enum {
    STMF_LU_PROP_ALIAS = 1,
    STMF_LU_PROP_BLOCK_SIZE = 2,
    STMF_LU_PROP_COMPANY_ID = 3,
    STMF_LU_PROP_FILENAME = 4,
    STMF_LU_PROP_GUID = 5,
    STMF_LU_PROP_META_FILENAME = 6,
    STMF_LU_PROP_MGMT_URL = 7,
    STMF_LU_PROP_NEW = 8,
    STMF_LU_PROP_SIZE = 9,
    STMF_LU_PROP_WRITE_PROTECT = 10,
    STMF_LU_PROP_WRITE_CACHE_DISABLE = 11,
    STMF_LU_PROP_VID = 12,
    STMF_LU_PROP_PID = 13,
    STMF_LU_PROP_SERIAL_NUM = 14,
    STMF_LU_PROP_ACCESS_STATE = 15,
    STMF_LU_PROP_HOST_ID = 16,
    /* Lunette's own. */
    STMF_LU_PROP_THIN = 1001,
    STMF_LU_PROP_REMOVABLE = 1002,
    STMF_LU_PROP_PROTECTION = 1003
};

/* What a target port speaks: SPC's protocol identifiers. */
typedef enum _stmfProtocol {
    STMF_PROTOCOL_FIBRE_CHANNEL = 0,
    STMF_PROTOCOL_SCSI = 1,
    STMF_PROTOCOL_SSA = 2,
    STMF_PROTOCOL_IEEE_1394 = 3,
    STMF_PROTOCOL_SRP = 4,
    STMF_PROTOCOL_ISCSI = 5,
    STMF_PROTOCOL_SAS = 6
} stmfProtocol;

/* The property bag of a disk: from stmfCreateLuResource or stmfGetLuResource, to stmfFreeLuResource. */
typedef void *luResource;

/* Identity of a logical unit: an NAA identifier of type 6. */
typedef struct _stmfGuid {
    uchar_t guid[16];
} stmfGuid;

typedef struct _stmfGuidList {
    uint32_t cnt;
    stmfGuid guid[1];
} stmfGuidList;

typedef struct _stmfState {
    int operationalState;
    int configState;
} stmfState;

/* Identity of an initiator or target port: text without a NUL. */
typedef struct _stmfDevid {
    uint8_t identLength;
    uint8_t ident[STMF_IDENT_LENGTH];
} stmfDevid;

typedef struct _stmfDevidList {
    uint32_t cnt;
    stmfDevid devid[1];
} stmfDevidList;

typedef char stmfGroupName[256];
typedef char stmfProviderName[256];

typedef struct _stmfGroupList {
    uint32_t cnt;
    stmfGroupName name[1];
} stmfGroupList;

typedef struct _stmfGroupProperties {
    uint32_t cnt;
    stmfDevid name[1];
} stmfGroupProperties;

typedef struct _stmfProvider {
    int providerType;
    stmfProviderName name;
} stmfProvider;

typedef struct _stmfProviderList {
    uint32_t cnt;
    stmfProvider provider[1];
} stmfProviderList;

typedef struct _stmfSession {
    stmfDevid initiator;
    char alias[256];
    time_t creationTime;
} stmfSession;

typedef struct _stmfSessionList {
    uint32_t cnt;
    stmfSession session[1];
} stmfSessionList;

/* Who sees a logical unit and where. The number is 14 bits: luNbr[0] the upper 6, luNbr[1] the lower 8. */
typedef struct _stmfViewEntry {
    boolean_t veIndexValid;
    uint32_t veIndex;
    boolean_t allHosts;
    stmfGroupName hostGroup;
    boolean_t allTargets;
    stmfGroupName targetGroup;
    boolean_t luNbrValid;
    uchar_t luNbr[8];
} stmfViewEntry;

typedef struct _stmfViewEntryList {
    uint32_t cnt;
    stmfViewEntry ve[1];
} stmfViewEntryList;

typedef struct _stmfViewEntryProperties {
    stmfGuid associatedLogicalUnitGuid;
    stmfViewEntry viewEntry;
} stmfViewEntryProperties;

typedef struct _stmfTargetProperties {
    stmfProviderName providerName;
    char alias[256];
    uint16_t status;
    stmfProtocol protocol;
    stmfDevid devid;
} stmfTargetProperties;

/* vendor, product and revision are left empty: ask stmfGetLuProp. */
typedef struct _stmfLogicalUnitProperties {
    char alias[256];
    uchar_t vendor[8];
    uchar_t product[16];
    uchar_t revision[4];
    uint32_t status;
    char providerName[256];
    stmfGuid luid;
} stmfLogicalUnitProperties;

/* Declared for programs that name them; no function fills them, here or in the original. */
typedef struct _stmfLogicalUnitProviderProperties {
    char providerName[MAXPATHLEN];
    uint32_t instance;
    uint32_t status;
    uchar_t rsvd[64];
} stmfLogicalUnitProviderProperties;

typedef struct _stmfLocalPortProviderProperties {
    char providerName[MAXPATHLEN];
    uint32_t instance;
    uint32_t status;
    uchar_t rsvd[64];
} stmfLocalPortProviderProperties;

/* The service. Online and offline are refused where it is so already. */
int stmfGetState(stmfState *state);
int stmfOnline(void);
int stmfOffline(void);
int stmfLoadConfig(void);

/* Target ports. Going online and offline is asynchronous: success says accepted, the properties say when. */
int stmfGetTargetList(stmfDevidList **targets);
int stmfGetTargetProperties(stmfDevid *target, stmfTargetProperties *properties);
int stmfGetSessionList(stmfDevid *target, stmfSessionList **sessions);
int stmfOnlineTarget(stmfDevid *target);
int stmfOfflineTarget(stmfDevid *target);

/* Target groups: members must be offline, or not exist, while they come and go. */
int stmfCreateTargetGroup(stmfGroupName *group);
int stmfDeleteTargetGroup(stmfGroupName *group);
int stmfGetTargetGroupList(stmfGroupList **groups);
int stmfGetTargetGroupMembers(stmfGroupName *group, stmfGroupProperties **members);
int stmfAddToTargetGroup(stmfGroupName *group, stmfDevid *target);
int stmfRemoveFromTargetGroup(stmfGroupName *group, stmfDevid *target);

/* Host groups: live sessions see a change at once. */
int stmfCreateHostGroup(stmfGroupName *group);
int stmfDeleteHostGroup(stmfGroupName *group);
int stmfGetHostGroupList(stmfGroupList **groups);
int stmfGetHostGroupMembers(stmfGroupName *group, stmfGroupProperties **members);
int stmfAddToHostGroup(stmfGroupName *group, stmfDevid *initiator);
int stmfRemoveFromHostGroup(stmfGroupName *group, stmfDevid *initiator);

/* Views. Add fills in the index and the number; validate proposes a number and keeps nothing. */
int stmfAddViewEntry(stmfGuid *lu, stmfViewEntry *entry);
int stmfRemoveViewEntry(stmfGuid *lu, uint32_t index);
int stmfGetViewEntryList(stmfGuid *lu, stmfViewEntryList **entries);
int stmfValidateView(stmfViewEntry *entry);

/* Logical units. The GUID of a new one is written where the pointer is not NULL. */
int stmfCreateLuResource(uint16_t type, luResource *resource);
int stmfFreeLuResource(luResource resource);
int stmfCreateLu(luResource resource, stmfGuid *lu);
int stmfImportLu(uint16_t type, char *file, stmfGuid *lu);
int stmfDeleteLu(stmfGuid *lu);
int stmfLuStandby(stmfGuid *lu);
int stmfGetLogicalUnitList(stmfGuidList **lus);
int stmfGetLogicalUnitProperties(stmfGuid *lu, stmfLogicalUnitProperties *properties);
int stmfOnlineLogicalUnit(stmfGuid *lu);
int stmfOfflineLogicalUnit(stmfGuid *lu);
int stmfModifyLu(stmfGuid *lu, uint32_t property, const char *value);
int stmfModifyLuByFname(uint16_t type, const char *file, uint32_t property, const char *value);

/*
 * Properties. Where a buffer is too small, *length becomes the bytes the value needs with its NUL, and the result is
 * STMF_ERROR_INVALID_ARG.
 */
int stmfGetLuResource(stmfGuid *lu, luResource *resource);
int stmfGetLuProp(luResource resource, uint32_t property, char *buffer, size_t *length);
int stmfSetLuProp(luResource resource, uint32_t property, const char *value);
int stmfGetGlobalLuProp(uint16_t type, uint32_t property, char *buffer, size_t *length);
int stmfSetGlobalLuProp(uint16_t type, uint32_t property, const char *value);
int stmfGetStmfProp(uint8_t property, char *buffer, size_t *length);
int stmfSetStmfProp(uint8_t property, char *value);
int stmfLoadStmfProps(void);

/* Provider data. With a token a change is refused when somebody made another since; a list is freed by nvlist_free. */
int stmfGetProviderData(char *provider, lunette_nvlist_t **data, int type);
int stmfGetProviderDataProt(char *provider, lunette_nvlist_t **data, int type, uint64_t *token);
int stmfSetProviderData(char *provider, lunette_nvlist_t *data, int type);
int stmfSetProviderDataProt(char *provider, lunette_nvlist_t *data, int type, uint64_t *token);
int stmfClearProviderData(char *provider, int type);
int stmfGetProviderDataList(stmfProviderList **providers);

/* How the configuration is kept: by the service, or what this process was told. Only the service's decides. */
int stmfGetPersistMethod(uint8_t *method, boolean_t ofService);
int stmfSetPersistMethod(uint8_t method, boolean_t onService);

/* Asymmetric access of two nodes, and the door to the other one. */
int stmfGetAluaState(boolean_t *enabled, uint32_t *node);
int stmfSetAluaState(boolean_t enabled, uint32_t node);
int stmfInitProxyDoor(int *handle, int door);
int stmfPostProxyMsg(int handle, void *message, uint32_t length);
void stmfDestroyProxyDoor(int handle);

/* Names and memory. */
int stmfDevidFromIscsiName(char *name, stmfDevid *devid);
int stmfDevidFromWwn(uchar_t wwn[8], stmfDevid *devid);
void stmfFreeMemory(void *memory);

/*
 * Lunette's own: the words that go with the last result of the calling thread, as much as fits, with a NUL; empty
 * after a success. Returns the bytes all of it needs.
 */
size_t lunette_stmf_detail(char *buffer, size_t length);

#ifdef __cplusplus
}
#endif

#endif
