using System.Buffers.Binary;
using Lunette.Port.Virtual;
using Lunette.Scsi;
using Lunette.Stmf.Contracts.AsymmetricAccess;

namespace Lunette.DeviceServer.Tests;

public class PersistentReservationTests
{
    private const PersistentReservationType WriteExclusive = PersistentReservationType.WriteExclusive;
    private const PersistentReservationType RegistrantsOnly = PersistentReservationType.WriteExclusiveRegistrantsOnly;
    private const PersistentReservationType AllRegistrants = PersistentReservationType.ExclusiveAccessAllRegistrants;

    private static readonly CommandDescriptor[] s_spc2 =
    [
        PrimaryCommands.Reserve6, PrimaryCommands.Reserve10, PrimaryCommands.Release6, PrimaryCommands.Release10,
    ];

    [Fact]
    public async Task ReadKeys_ReadReservation_Golden()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Register(0x1122334455667788).Good();
        bench.A.Reserve(0x1122334455667788, RegistrantsOnly).Good();
        Assert.Equal([
            0, 0, 0, 1,                                         // PRGENERATION
            0, 0, 0, 8,                                         // ADDITIONAL LENGTH
            0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88,     // RESERVATION KEY
        ], In(bench.A, PrimaryCommands.PersistentReserveInReadKeys));
        Assert.Equal([
            0, 0, 0, 1,
            0, 0, 0, 16,
            0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88,
            0, 0, 0, 0, 0,
            0x05,                                               // SCOPE, TYPE
            0, 0,
        ], In(bench.A, PrimaryCommands.PersistentReserveInReadReservation));
    }

    [Fact]
    public async Task ReadFullStatus_NamesEachRegistrantAndTheHolder()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Register(1).Good();
        bench.B.Register(2).Good();
        bench.B.Reserve(2, WriteExclusive).Good();
        var status = In(bench.A, PrimaryCommands.PersistentReserveInReadFullStatus);
        var at = 8;
        Assert.Equal(0, status[at + 12]);
        var id = BinaryPrimitives.ReadInt32BigEndian(status.AsSpan(at + 20));
        Assert.Equal(bench.A.Nexus.Initiator.TransportId.ToArray(), status[(at + 24)..(at + 24 + id)]);
        at += 24 + id;
        Assert.Equal((1, 1), (status[at + 12], status[at + 13]));       // R_HOLDER; Write Exclusive
        Assert.Equal(1, status[at + 19]);                               // RELATIVE TARGET PORT IDENTIFIER
    }

    // SPC-6, Registering: with ALL_TG_PT the initiator port is registered at every target port there is.
    [Fact]
    public async Task AllTargetPorts_RegisteredAtEach_ToldByReadFullStatus_GoneTogether()
    {
        using var bench = await Bench.StartAsync();
        bench.Unit.ChangePortGroups(new TargetPortGroups([
            new(1, AsymmetricAccessState.ActiveOptimized, true, [1, 2]),
            new(2, AsymmetricAccessState.ActiveNonOptimized, false, [3]),
        ]));
        bench.A.Send(PrimaryCommands.PersistentReserveOutRegister, ReserveOutList.Of(0, 7, allPorts: true)).Good();
        Assert.Equal([1, 2, 3], bench.Unit.Reservations.Registrants.Select(registrant => (int)registrant.TargetPort));
        var status = In(bench.A, PrimaryCommands.PersistentReserveInReadFullStatus);
        var descriptors = 0;
        for (var at = 8; at < status.Length; descriptors++)
        {
            Assert.Equal((7, 0x02), (status[at + 7], status[at + 12]));     // RESERVATION KEY; ALL_TG_PT
            at += 24 + BinaryPrimitives.ReadInt32BigEndian(status.AsSpan(at + 20));
        }
        Assert.Equal(3, descriptors);
        bench.A.Send(PrimaryCommands.PersistentReserveOutRegister, ReserveOutList.Of(7, 0, allPorts: true)).Good();
        Assert.Empty(bench.Unit.Reservations.Registrants);
    }

    [Fact]
    public async Task Register_WrongKey_Conflict_IgnoreExistingKey_Good()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Register(1, old: 9).Is(ScsiStatus.ReservationConflict);
        bench.A.Register(1).Good();
        bench.A.Register(2).Is(ScsiStatus.ReservationConflict);
        bench.A.Register(2, old: 1).Good();
        bench.A.Send(PrimaryCommands.PersistentReserveOutRegisterAndIgnoreExistingKey, ReserveOutList.Of(99, 3)).Good();
        Assert.Equal(3UL, Assert.Single(bench.Unit.Reservations.Registrants).Key);
        bench.A.Register(0, old: 3).Good();
        Assert.Empty(bench.Unit.Reservations.Registrants);
        Assert.Equal(4u, bench.Unit.Reservations.Generation);
    }

    [Fact]
    public async Task ReserveOut_WrongLength_ParameterListLengthError()
    {
        using var bench = await Bench.StartAsync();
        foreach (var length in new[] { 0, 1, 23, 25, 32 })
        {
            bench.A.Send(PrimaryCommands.PersistentReserveOutRegister, new byte[length])
                .Check(SenseKey.IllegalRequest, AdditionalSense.ParameterListLengthError);
        }
    }

    [Fact]
    public async Task Reserve_TypeScopeAndHolderRules()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Reserve(1, WriteExclusive).Is(ScsiStatus.ReservationConflict);          // not registered
        bench.A.Register(1).Good();
        bench.B.Register(2).Good();
        bench.A.Send(PrimaryCommands.PersistentReserveOutReserve, ReserveOutList.Of(1, 0), type: 2).CheckField(2, 3);
        bench.A.Send(PrimaryCommands.PersistentReserveOutReserve, ReserveOutList.Of(1, 0), type: 1, scope: 1)
            .CheckField(2, 7);
        bench.A.Reserve(1, WriteExclusive).Good();
        bench.A.Reserve(1, WriteExclusive).Good();
        bench.A.Reserve(1, RegistrantsOnly).Is(ScsiStatus.ReservationConflict);
        bench.B.Reserve(2, WriteExclusive).Is(ScsiStatus.ReservationConflict);
    }

    [Fact]
    public async Task Release_WrongType_InvalidRelease_NotHolder_GoodAndNothing()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Register(1).Good();
        bench.B.Register(2).Good();
        bench.A.Reserve(1, RegistrantsOnly).Good();
        bench.A.Release(1, WriteExclusive)
            .Check(SenseKey.IllegalRequest, AdditionalSense.InvalidReleaseOfPersistentReservation);
        bench.B.Release(2, RegistrantsOnly).Good();
        Assert.NotNull(bench.Unit.Reservations.Type);
        bench.A.Release(1, RegistrantsOnly).Good();
        Assert.Null(bench.Unit.Reservations.Type);
        Attention(bench.B, AdditionalSense.ReservationsReleased);
        bench.A.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
    }

    [Fact]
    public async Task Unregister_OfTheHolder_ReleasesAndTellsTheRegistrants()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Register(1).Good();
        bench.B.Register(2).Good();
        bench.A.Reserve(1, RegistrantsOnly).Good();
        bench.A.Register(0, old: 1).Good();
        Assert.Null(bench.Unit.Reservations.Type);
        Attention(bench.B, AdditionalSense.ReservationsReleased);
    }

    [Fact]
    public async Task AllRegistrants_StaysUntilTheLastUnregisters()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Register(1).Good();
        bench.B.Register(2).Good();
        bench.A.Reserve(1, AllRegistrants).Good();
        bench.A.Register(0, old: 1).Good();
        Assert.Equal(AllRegistrants, bench.Unit.Reservations.Type);
        bench.A.Run(Cdb.Read10(0), dataIn: new byte[512]).Is(ScsiStatus.ReservationConflict);
        bench.B.Register(0, old: 2).Good();
        Assert.Null(bench.Unit.Reservations.Type);
    }

    [Fact]
    public async Task Clear_EverythingGone_OthersHear()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Register(1).Good();
        bench.B.Register(2).Good();
        bench.A.Reserve(1, WriteExclusive).Good();
        bench.B.Send(PrimaryCommands.PersistentReserveOutClear, ReserveOutList.Of(2, 0)).Good();
        Assert.Empty(bench.Unit.Reservations.Registrants);
        Attention(bench.A, AdditionalSense.ReservationsPreempted);
    }

    [Fact]
    public async Task Preempt_Holder_TakesTheReservation_VictimHears()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Register(1).Good();
        bench.B.Register(2).Good();
        bench.A.Reserve(1, WriteExclusive).Good();
        bench.B.Preempt(2, 1, PersistentReservationType.ExclusiveAccess).Good();
        Assert.Equal(2UL, bench.Unit.Reservations.Holder!.Key);
        Assert.Single(bench.Unit.Reservations.Registrants);
        Attention(bench.A, AdditionalSense.RegistrationsPreempted);
        bench.A.Run(Cdb.Read10(0), dataIn: new byte[512]).Is(ScsiStatus.ReservationConflict);
    }

    [Fact]
    public async Task Preempt_KeyNobodyHas_Conflict_ZeroKey_InvalidField()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Register(1).Good();
        bench.A.Preempt(1, 77, WriteExclusive).Is(ScsiStatus.ReservationConflict);
        bench.A.Preempt(1, 0, WriteExclusive).CheckParameter(8);
    }

    [Fact]
    public async Task Preempt_AllRegistrantsWithKeyZero_TakesAll()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Register(1).Good();
        bench.B.Register(2).Good();
        bench.B.Reserve(2, AllRegistrants).Good();
        bench.A.Preempt(1, 0, WriteExclusive).Good();
        Assert.Equal(1UL, Assert.Single(bench.Unit.Reservations.Registrants).Key);
        Attention(bench.B, AdditionalSense.RegistrationsPreempted);
    }

    [Fact]
    public async Task PreemptAndAbort_EndsWhenTheVictimsWriteIsOutOfTheMedium()
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        a.Register(1).Good();
        b.Register(2).Good();
        a.Reserve(1, RegistrantsOnly).Good();
        bench.Unit.Hold = true;
        var write = b.Start(new ScsiRequest(Cdb.Write10(0)) { DataOut = new byte[512] });
        Assert.Equal(1, bench.Unit.Held);
        var list = ReserveOutList.Of(1, 2);
        var preempt = a.Start(new ScsiRequest(Cdb.Of(PrimaryCommands.PersistentReserveOutPreemptAndAbort,
            ("TYPE", (ulong)RegistrantsOnly), ("PARAMETER LIST LENGTH", 24)))
        { DataOut = list });
        Assert.False(preempt.HasEnded);
        // It is excluded from the first moment, though the answer is still to come.
        b.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.RegistrationsPreempted);
        Attention(b, AdditionalSense.CommandsClearedByAnotherInitiator);
        b.Run(Cdb.Write10(0), new byte[512]).Is(ScsiStatus.ReservationConflict);
        TaskSetTests.Finish(bench, write, preempt);
        Assert.False(write.Answered);
        Assert.Equal(ScsiStatus.Good, preempt.Status);
    }

    [Fact]
    public async Task RegisterAndMove_TheOtherHoldsIt()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Register(1).Good();
        bench.A.Reserve(1, WriteExclusive).Good();
        Assert.True(TransportId.TryRead(bench.B.Nexus.Initiator.TransportId.Span, out var to, out _, out _));
        bench.A.Send(PrimaryCommands.PersistentReserveOutRegisterAndMove, ReserveOutList.Move(1, 0, false, 1, to))
            .CheckParameter(8);
        bench.B.Register(5).Good();
        bench.B.Send(PrimaryCommands.PersistentReserveOutRegisterAndMove, ReserveOutList.Move(5, 6, false, 1, to))
            .Is(ScsiStatus.ReservationConflict);
        bench.A.Send(PrimaryCommands.PersistentReserveOutRegisterAndMove, ReserveOutList.Move(1, 9, true, 1, to))
            .Good();
        Assert.Equal(9UL, Assert.Single(bench.Unit.Reservations.Registrants).Key);
        bench.B.Run(Cdb.Write10(0), new byte[512]).Good();
        bench.A.Run(Cdb.Write10(0), new byte[512]).Is(ScsiStatus.ReservationConflict);
    }

    [Fact]
    public async Task SpecifyInitiatorPorts_RegistersThoseWhoNeverSaidAWord()
    {
        using var bench = await Bench.StartAsync();
        var stranger = TransportId.Iscsi("iqn.2026-11.test:later", 1);
        bench.A.Send(PrimaryCommands.PersistentReserveOutRegister,
            ReserveOutList.Of(0, 4, initiators: [stranger])).Good();
        Assert.Equal(2, bench.Unit.Reservations.Registrants.Length);
        bench.A.Reserve(4, RegistrantsOnly).Good();
        bench.Host("later").Run(Cdb.Write10(0), new byte[512]).Good();
        bench.Host("b").Run(Cdb.Write10(0), new byte[512]).Is(ScsiStatus.ReservationConflict);
        bench.A.Send(PrimaryCommands.PersistentReserveOutReserve, ReserveOutList.Of(4, 0, initiators: [stranger]),
            (int)RegistrantsOnly).CheckParameter(20, 3);
    }

    [Fact]
    public async Task SpecifyInitiatorPorts_NameAlone_EveryPortOfItThatIsKnown()
    {
        using var bench = await Bench.StartAsync();
        _ = bench.B;
        bench.A.Send(PrimaryCommands.PersistentReserveOutRegister,
            ReserveOutList.Of(0, 4, initiators: [TransportId.Iscsi("iqn.2026-11.test:nobody")])).CheckParameter(28);
        bench.A.Send(PrimaryCommands.PersistentReserveOutRegister,
            ReserveOutList.Of(0, 4, initiators: [TransportId.Iscsi("iqn.2026-11.test:b")])).Good();
        bench.A.Reserve(4, RegistrantsOnly).Good();
        bench.B.Run(Cdb.Write10(0), new byte[512]).Good();
    }

    [Fact]
    public async Task AnyReserveOutList_TruncatedOrStretched_ExactSense()
    {
        using var bench = await Bench.StartAsync();
        var good = ReserveOutList.Of(
            0, 4, initiators: [TransportId.Iscsi("iqn.2026-11.test:x", 7), TransportId.Sas(5)]);
        for (var length = 0; length <= good.Length + 8; length++)
        {
            if (length == good.Length) continue;
            var list = new byte[length];
            good.AsSpan(0, Math.Min(length, good.Length)).CopyTo(list);
            bench.A.Send(PrimaryCommands.PersistentReserveOutRegister, list)
                .Check(SenseKey.IllegalRequest, AdditionalSense.ParameterListLengthError);
        }
        Assert.Empty(bench.Unit.Reservations.Registrants);
        bench.A.Send(PrimaryCommands.PersistentReserveOutRegister, good).Good();
        Assert.Equal(3, bench.Unit.Reservations.Registrants.Length);
    }

    [Fact]
    public async Task Aptpl_WithoutAPlaceToKeepIt_Refused()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Send(PrimaryCommands.PersistentReserveOutRegister, ReserveOutList.Of(0, 1, aptpl: true))
            .CheckParameter(20, 0);
    }

    // SPC-2, Reservations overview: while anybody is registered, RESERVE and RELEASE conflict for all.
    [Fact]
    public async Task ReserveAndRelease_NothingReserved_ConflictForRegistrantsToo()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Register(1).Good();
        foreach (var command in s_spc2)
        {
            bench.A.Run(Cdb.Of(command)).Is(ScsiStatus.ReservationConflict);
            bench.B.Run(Cdb.Of(command)).Is(ScsiStatus.ReservationConflict);
        }
        bench.B.Run(Cdb.Write10(0), new byte[512]).Good();
    }

    // SPC-4, Exceptions to SPC-2 RESERVE and RELEASE behavior: the holder, and registrants where the type is for them.
    [Theory]
    [InlineData(PersistentReservationType.WriteExclusive, false)]
    [InlineData(PersistentReservationType.ExclusiveAccess, false)]
    [InlineData(PersistentReservationType.WriteExclusiveRegistrantsOnly, true)]
    [InlineData(PersistentReservationType.ExclusiveAccessRegistrantsOnly, true)]
    [InlineData(PersistentReservationType.WriteExclusiveAllRegistrants, true)]
    [InlineData(PersistentReservationType.ExclusiveAccessAllRegistrants, true)]
    public async Task ReserveAndRelease_Reserved_GoodAndWithoutEffectToThoseOfTheException(
        PersistentReservationType type, bool toRegistrants)
    {
        using var bench = await Bench.StartAsync();
        bench.A.Register(1).Good();
        bench.B.Register(2).Good();
        bench.A.Reserve(1, type).Good();
        foreach (var command in s_spc2)
        {
            bench.A.Run(Cdb.Of(command)).Good();
            bench.B.Run(Cdb.Of(command)).Is(toRegistrants ? ScsiStatus.Good : ScsiStatus.ReservationConflict);
        }
        Assert.Equal(type, bench.Unit.Reservations.Type);
        Assert.True(bench.Unit.Reservations.IsHeldBy(bench.Unit.Reservations.Registrants[0]));
    }

    private static void Attention(VirtualInitiator host, AdditionalSense code) =>
        host.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Check(SenseKey.UnitAttention, code);

    private static byte[] In(VirtualInitiator host, CommandDescriptor action) =>
        host.Ask(Cdb.Of(action, ("ALLOCATION LENGTH", 4096)));
}
