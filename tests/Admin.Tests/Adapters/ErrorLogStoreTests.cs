using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Transactions;
using Lunette.Admin.Adapters;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Admin.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lunette.Admin.Tests.Adapters;

/// <summary>The system error log beyond the process: bounded, whole, and readable whatever happened to it.</summary>
public sealed class ErrorLogStoreTests : IDisposable
{
    private const int Bound = 10;

    private static readonly ErrorEntry s_whole = new()
    {
        Label = ErrorLabel.SCSI_ERR10,
        ResourceName = "iscsi0",
        PathId = 3,
        ScsiId = ulong.MaxValue,
        LogicalUnitNumber = 16383,
        Cdb = [0x88, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0, 7],
        StatusValidity = StatusValidity.Adapter,
        ScsiStatus = 2,
        AdapterStatus = AdapterStatus.CommandTimeout,
        Sense = [0x70, 0, 6],
        Note = "what a test says",
        RecordType = ErrorRecordType.Sam,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("lunette-errlog-").FullName;
    private readonly SetClock _clock = new();

    private string StorePath => Path.Combine(_folder, "lunette.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Entry_Whole_IsReadBackAsItWas()
    {
        var written = default(ErrorEntry);
        await UseAsync(log => written = log.Write(s_whole));

        await UseAsync(log =>
        {
            var read = Assert.Single(log.Entries);
            Assert.Equal(written! with { Cdb = read.Cdb, Sense = read.Sense }, read);
            Assert.Equal(s_whole.Cdb, read.Cdb);
            Assert.Equal(s_whole.Sense, read.Sense);
        });
    }

    [Fact]
    public async Task Entries_MoreThanTheBound_TheNewestAreKeptAndNumbersGoOn()
    {
        await UseAsync(log =>
        {
            for (var i = 0; i < 5 * Bound; i++) log.Write(s_whole);
            Assert.Equal(Bound, log.Entries.Count);
        });
        Assert.Equal(Bound, Count());

        await UseAsync(log =>
        {
            Assert.Equal(Enumerable.Range((4 * Bound) + 1, Bound).Select(i => (long)i),
                log.Entries.Select(entry => entry.SequenceNumber));
            Assert.Equal(Bound, log.Clear());
        });
        await UseAsync(log =>
        {
            Assert.Empty(log.Entries);
            Assert.Equal((5 * Bound) + 1, log.Write(s_whole).SequenceNumber);
        });
    }

    [Fact]
    public async Task Clear_ByAgeAfterTheClockWasSetBack_MemoryAndFileForgetTheSame()
    {
        await UseAsync(log =>
        {
            _clock.Now = DateTimeOffset.UnixEpoch.AddDays(10);
            log.Write(s_whole);
            _clock.Now = DateTimeOffset.UnixEpoch.AddDays(1);
            log.Write(s_whole);
            Assert.Equal(1, log.Clear(DateTimeOffset.UnixEpoch.AddDays(5)));
            Assert.Equal(1, Assert.Single(log.Entries).SequenceNumber);
        });
        await UseAsync(log => Assert.Equal(1, Assert.Single(log.Entries).SequenceNumber));
    }

    [Theory]
    [InlineData("time = -5")]
    [InlineData("cdb = 'words'")]
    [InlineData("lun = 99999999999")]
    public async Task Row_Damaged_TheOthersAreRead(string damage)
    {
        await UseAsync(log =>
        {
            for (var i = 0; i < 3; i++) log.Write(s_whole);
        });
        Execute($"UPDATE error_log SET {damage} WHERE sequence = 2");

        await UseAsync(log =>
        {
            Assert.Equal([1L, 3], log.Entries.Select(entry => entry.SequenceNumber));
            Assert.Equal(4, log.Write(s_whole).SequenceNumber);
        });
    }

    [Fact]
    public async Task Label_OfALaterVersion_IsShownAsItIs()
    {
        await UseAsync(log => log.Write(s_whole));
        Execute($"UPDATE error_log SET label = {0x12345678}, adapter_status = 200, validity = 255");

        await UseAsync(log =>
        {
            var shown = Assert.Single(ErrorLogView.Select(log.Entries, new ErrorLogFilter()));
            Assert.Equal((0x12345678u, "UNKN", 'S'), (shown.Identifier, shown.Type, shown.Class));
            Assert.Equal([0x12, 0x34, 0x56, 0x78], shown.Detail[..4]);
        });
    }

    private async Task UseAsync(Action<SystemErrorLog> use)
    {
        using var database = ConfigDatabase.Open(StorePath);
        await using var store = new SqliteErrorLogStore(database, NullLogger<SqliteErrorLogStore>.Instance);
        use(new SystemErrorLog(_clock, store, Bound));
    }

    private long Count() => (long)Execute("SELECT count(*) FROM error_log")!;

    private object? Execute(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={StorePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        return command.ExecuteScalar();
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch.AddYears(1);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
