using System.Globalization;

namespace Lunette.Admin.Storage;

/// <summary>
/// The schema of the configuration database, as the steps that lead to it. A database says by its user version how many
/// it has taken; a step that was released never changes.
/// </summary>
internal static class Schema
{
    /// <summary>Marks the file as ours in SQLite's header: "LUNE".</summary>
    public const int ApplicationId = 0x4C554E45;

    /// <summary>The steps in order; the version of a database is how many it has taken.</summary>
    public static readonly string[] Steps =
    [
        """
        CREATE TABLE property (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE port_group (kind INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID;
        CREATE TABLE member (
            kind INTEGER NOT NULL, port TEXT NOT NULL, name TEXT NOT NULL,
            PRIMARY KEY (kind, port), FOREIGN KEY (kind, name) REFERENCES port_group (kind, name)) WITHOUT ROWID;
        CREATE INDEX member_of ON member (kind, name);
        CREATE TABLE view_entry (
            unit BLOB NOT NULL CHECK (length(unit) = 16), entry INTEGER NOT NULL,
            host_group TEXT, target_group TEXT, lun INTEGER NOT NULL CHECK (lun BETWEEN 0 AND 16383),
            PRIMARY KEY (unit, entry)) WITHOUT ROWID;
        CREATE TABLE provider_data (
            type INTEGER NOT NULL, name TEXT NOT NULL, data BLOB NOT NULL, token INTEGER NOT NULL,
            PRIMARY KEY (type, name)) WITHOUT ROWID;
        CREATE TABLE relative_port (port TEXT PRIMARY KEY, identifier INTEGER NOT NULL UNIQUE) WITHOUT ROWID;
        CREATE TABLE secret (reference TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        """,
        """
        CREATE TABLE provider_entry (
            type INTEGER NOT NULL, name TEXT NOT NULL, entry TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (type, name, entry), FOREIGN KEY (type, name) REFERENCES provider_data (type, name))
            WITHOUT ROWID;
        """,
        """
        CREATE TABLE adapter (
            name TEXT PRIMARY KEY, transport INTEGER NOT NULL, initiator TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE adapter_target (
            adapter TEXT NOT NULL REFERENCES adapter (name), scsi_id INTEGER NOT NULL, lun INTEGER NOT NULL,
            address TEXT NOT NULL, portal TEXT NOT NULL, header_digest INTEGER NOT NULL, data_digest INTEGER NOT NULL,
            user TEXT, secret TEXT, peer_user TEXT, peer_secret TEXT,
            PRIMARY KEY (adapter, scsi_id, lun)) WITHOUT ROWID;
        CREATE TABLE error_log (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, label INTEGER NOT NULL,
            resource TEXT NOT NULL, path INTEGER NOT NULL, scsi_id INTEGER NOT NULL, lun INTEGER NOT NULL,
            cdb BLOB NOT NULL, validity INTEGER NOT NULL, scsi_status INTEGER NOT NULL, adapter_status INTEGER NOT NULL,
            sense BLOB NOT NULL, note TEXT);
        """,
        """
        CREATE TABLE disk_journal (
            path TEXT NOT NULL, property INTEGER NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (path, property)) WITHOUT ROWID;
        """,
        """
        ALTER TABLE error_log ADD COLUMN record INTEGER NOT NULL DEFAULT 0;
        """,
    ];

    /// <summary>The version this program writes.</summary>
    public static int Version => Steps.Length;

    /// <summary>What marks a database as ours, with that version.</summary>
    public static string Mark { get; } = string.Create(
        CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version};");
}
