using Lunette.DeviceServer.SavedState;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

public class SavedStateTests
{
    [Fact]
    public async Task Aptpl_PowerLost_RegistrationsAndReservationAreBack()
    {
        var kept = new MemoryPersistence();
        using (var bench = await Bench.StartAsync(options => options with { Persistence = kept }))
        {
            bench.A.Send(PrimaryCommands.PersistentReserveOutRegister, ReserveOutList.Of(0, 7, aptpl: true)).Good();
            bench.A.Reserve(7, PersistentReservationType.WriteExclusive).Good();
        }
        using var again = await Bench.StartAsync(options => options with { Persistence = kept });
        Assert.Equal(PersistentReservationType.WriteExclusive, again.Unit.Reservations.Type);
        again.A.Run(Cdb.Write10(0), new byte[512]).Good();
        again.B.Run(Cdb.Write10(0), new byte[512]).Is(ScsiStatus.ReservationConflict);
        var capabilities = again.A.Ask(Cdb.Of(
            PrimaryCommands.PersistentReserveInReportCapabilities, ("ALLOCATION LENGTH", 8)));
        Assert.Equal([0x00, 0x08, 0x9D, 0x81, 0xEA, 0x01, 0x00, 0x00], capabilities);
    }

    [Fact]
    public async Task WithoutAptpl_PowerLost_NothingIsBack()
    {
        var kept = new MemoryPersistence();
        using (var bench = await Bench.StartAsync(options => options with { Persistence = kept }))
        {
            bench.A.Send(PrimaryCommands.PersistentReserveOutRegister, ReserveOutList.Of(0, 7, aptpl: true)).Good();
            bench.A.Send(PrimaryCommands.PersistentReserveOutRegister, ReserveOutList.Of(7, 8)).Good();
        }
        using var again = await Bench.StartAsync(options => options with { Persistence = kept });
        Assert.Empty(again.Unit.Reservations.Registrants);
    }

    [Fact]
    public async Task Aptpl_SaveInProgress_NoAnswerAndNoEffectYet()
    {
        var kept = new MemoryPersistence { Waits = true };
        using var bench = await Bench.StartAsync(options => options with { Persistence = kept });
        var (a, b) = (bench.A, bench.B);
        var register = Start(a, ReserveOutList.Of(0, 7, aptpl: true));
        var other = Start(b, ReserveOutList.Of(0, 9, aptpl: true));
        Assert.False(register.HasEnded || other.HasEnded);
        Assert.Empty(bench.Unit.Reservations.Registrants);
        Assert.Equal(1, kept.Saves);                    // one configuration command at a time
        kept.FinishOne();
        TaskSetTests.Pump(a);
        Assert.Equal(ScsiStatus.Good, register.Status);
        TaskSetTests.Pump(b);
        kept.FinishOne();
        TaskSetTests.Finish(bench, register, other);
        Assert.Equal(2, bench.Unit.Reservations.Registrants.Length);
    }

    [Fact]
    public async Task Aptpl_SaveFails_InsufficientRegistrationResourcesAndNothingChanged()
    {
        var kept = new MemoryPersistence { Fails = true };
        using var bench = await Bench.StartAsync(options => options with { Persistence = kept });
        bench.A.Send(PrimaryCommands.PersistentReserveOutRegister, ReserveOutList.Of(0, 7, aptpl: true))
            .Check(SenseKey.IllegalRequest, AdditionalSense.InsufficientRegistrationResources);
        Assert.Empty(bench.Unit.Reservations.Registrants);
    }

    [Fact]
    public async Task KthSaveFails_ItsCommandIsTold_AndWhatHoldsIsWhatIsKept()
    {
        for (var k = 1; ; k++)
        {
            var kept = new MemoryPersistence { FailsAt = k };
            using var bench = await Bench.StartAsync(options => options with { Persistence = kept });
            ScsiResult[] results =
            [
                bench.A.Send(PrimaryCommands.PersistentReserveOutRegister, ReserveOutList.Of(0, 7, aptpl: true)),
                bench.B.Send(
                    PrimaryCommands.PersistentReserveOutRegisterAndIgnoreExistingKey,
                    ReserveOutList.Of(0, 9, aptpl: true)),
                bench.A.Reserve(7, PersistentReservationType.WriteExclusiveRegistrantsOnly),
                bench.A.Run(Cdb.Of(PrimaryCommands.SetIdentifyingInformation, ("IDENTIFYING INFORMATION TYPE", 2),
                    ("PARAMETER LIST LENGTH", 2)), [.. "a"u8, 0]),
                bench.B.Preempt(9, 7, PersistentReservationType.WriteExclusiveRegistrantsOnly),
            ];
            using var again = await Bench.StartAsync(options => options with { Persistence = kept });
            Assert.Equal(bench.Unit.Reservations.Type, again.Unit.Reservations.Type);
            Assert.Equal(
                bench.Unit.Reservations.Registrants.Select(one => one.Key).Order(),
                again.Unit.Reservations.Registrants.Select(one => one.Key).Order());
            Assert.Equal(bench.Unit.SavedState.Encode(), again.Unit.SavedState.Encode());
            if (kept.Saves >= k)
            {
                Assert.Contains(results, result => !result.IsGood);
                continue;
            }
            Assert.All(results, result => result.Good());
            Assert.Equal(results.Length + 1, k);
            return;
        }
    }

    [Fact]
    public async Task Aptpl_AbortedWhileSaving_WhatIsDurableHolds()
    {
        var kept = new MemoryPersistence { Waits = true };
        using var bench = await Bench.StartAsync(options => options with { Persistence = kept });
        var register = Start(bench.A, ReserveOutList.Of(0, 7, aptpl: true));
        var abort = bench.A.ManageAsync(TaskManagementFunction.AbortTaskSet);
        Assert.False(abort.IsCompleted);
        kept.FinishOne();
        TaskSetTests.Finish(bench, register);
        Assert.Equal(ServiceResponse.FunctionComplete, await abort);
        Assert.False(register.Answered);
        Assert.Single(bench.Unit.Reservations.Registrants);
    }

    [Fact]
    public async Task ModePages_Saved_SurvivePowerLossAndReset_CurrentDoesNot()
    {
        var kept = new MemoryPersistence();
        using (var bench = await Bench.StartAsync(options => options with { Persistence = kept }))
        {
            ModeParameters.SetControl(bench.A, 4, 0x08, save: true);            // SWP, saved
            ModeParameters.SetControl(bench.A, 5, 0x40);                        // TAS, current only
            await bench.A.ManageAsync(TaskManagementFunction.LogicalUnitReset);
            Bench.ClearAttentions(bench.A);
            var page = ModeParameters.Sense(bench.A, 0x0A);
            Assert.Equal((0x08, 0x00), (page[4], page[5]));
        }
        using var again = await Bench.StartAsync(options => options with { Persistence = kept });
        Assert.True(again.Unit.Control.SoftwareWriteProtect);
        Assert.Equal(0x08, ModeParameters.Sense(again.A, 0x0A, control: 3)[4]);
        Assert.Equal(0x00, ModeParameters.Sense(again.A, 0x0A, control: 2)[4]);
    }

    [Fact]
    public async Task IdentifyingInformation_SetAndReported_SurvivesPowerLoss()
    {
        var kept = new MemoryPersistence();
        byte[] text = [.. "rack 7"u8, 0];
        using (var bench = await Bench.StartAsync(options => options with { Persistence = kept }))
        {
            bench.A.Run(Cdb.Of(PrimaryCommands.SetIdentifyingInformation, ("IDENTIFYING INFORMATION TYPE", 2),
                ("PARAMETER LIST LENGTH", (ulong)text.Length)), text).Good();
        }
        using var again = await Bench.StartAsync(options => options with { Persistence = kept });
        Assert.Equal([0, 0, 0, 6, .. "rack 7"u8], again.A.Ask(Cdb.Of(PrimaryCommands.ReportIdentifyingInformation,
            ("IDENTIFYING INFORMATION TYPE", 2), ("ALLOCATION LENGTH", 300))));
        Assert.Equal([0, 0, 0, 0], again.A.Ask(Cdb.Of(PrimaryCommands.ReportIdentifyingInformation,
            ("ALLOCATION LENGTH", 300))));
    }

    [Fact]
    public async Task DamagedState_StaysOffline_AndSaysWhatToDo()
    {
        var kept = new MemoryPersistence();
        using (var bench = await Bench.StartAsync(options => options with { Persistence = kept }))
            bench.A.Send(PrimaryCommands.PersistentReserveOutRegister, ReserveOutList.Of(0, 7, aptpl: true)).Good();
        for (var at = 0; at < kept.Saved.Length; at++)
        {
            var damaged = new MemoryPersistence { Saved = [.. kept.Saved] };
            damaged.Saved[at] ^= 0x10;
            var unit = BlockUnit.Make(options => options with { Persistence = damaged });
            var online = await unit.OnlineAsync(CancellationToken.None);
            Assert.False(online.Succeeded);
            Assert.Contains("saved state is damaged", online.Reason, StringComparison.Ordinal);
        }
    }

    // SPC-6, Replacing lost persistent reservations.
    [Fact]
    public async Task LostReservations_NothingGoesOn_UntilReplaceLostReservation()
    {
        var kept = new MemoryPersistence
        {
            Saved = UnitState.Empty.With(StateSection.PersistentReservations, [0xFF]).Encode(),
        };
        using (var bench = await Bench.StartAsync(options => options with { Persistence = kept }))
        {
            foreach (var cdb in new[] { Cdb.Of(PrimaryCommands.TestUnitReady), Cdb.Read10(0) })
            {
                bench.A.Run(cdb, dataIn: new byte[512])
                    .Check(SenseKey.HardwareError, AdditionalSense.PersistentReservationInformationLost);
            }
            bench.A.Register(1).Check(SenseKey.HardwareError, AdditionalSense.PersistentReservationInformationLost);
            bench.A.Ask(Cdb.Of(PrimaryCommands.Inquiry, ("ALLOCATION LENGTH", 36)));
            var capabilities = bench.A.Ask(Cdb.Of(
                PrimaryCommands.PersistentReserveInReportCapabilities, ("ALLOCATION LENGTH", 8)));
            Assert.True(PersistentReservationCapabilities.Parse(capabilities)!.ReplaceLostReservation);
            Replace(bench.A, ReserveOutList.Of(9, 7)).CheckParameter(0);
            Replace(bench.A, ReserveOutList.Of(0, 0)).CheckParameter(8);
            Replace(bench.A, ReserveOutList.Of(0, 7), type: 2).CheckField(2, 3);
            Replace(bench.A, ReserveOutList.Of(0, 7, aptpl: true)).Good();
            Bench.ClearAttentions(bench.A);
            bench.A.Run(Cdb.Write10(0), new byte[512]).Good();
            bench.B.Run(Cdb.Write10(0), new byte[512]).Is(ScsiStatus.ReservationConflict);
            Replace(bench.A, ReserveOutList.Of(0, 7)).CheckField(1, 4);
        }
        using var again = await Bench.StartAsync(options => options with { Persistence = kept });
        Assert.Equal(7UL, again.Unit.Reservations.Holder!.Key);
    }

    private static ScsiResult Replace(VirtualInitiator host, byte[] list, int type = 1) =>
        host.Send(PrimaryCommands.PersistentReserveOutReplaceLostReservation, list, type);

    [Fact]
    public void State_UnknownSections_AreKept()
    {
        var state = UnitState.Empty.With((StateSection)0x85, [1, 2, 3]).With(StateSection.ModePages, [9]);
        Assert.True(UnitState.TryDecode(state.Encode(), out var read));
        Assert.Equal([1, 2, 3], read[(StateSection)0x85].ToArray());
        Assert.Equal([9], read[StateSection.ModePages].ToArray());
    }

    private static VirtualCommand Start(VirtualInitiator host, byte[] list) => host.Start(new ScsiRequest(
        Cdb.Of(PrimaryCommands.PersistentReserveOutRegister, ("PARAMETER LIST LENGTH", (ulong)list.Length)))
    { DataOut = list });
}
