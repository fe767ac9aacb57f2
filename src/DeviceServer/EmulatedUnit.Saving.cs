using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.SavedState;
using Lunette.Stmf.Contracts;

namespace Lunette.DeviceServer;

/// <content>What survives: loaded when it goes online, saved before the command that changed it ends.</content>
public abstract partial class EmulatedUnit
{
    private UnitState _saved = UnitState.Empty;

    /// <summary>Whether anything can be saved.</summary>
    public bool CanSave => Options.Persistence is not null;

    /// <summary>What is saved. Changed by one configuration command at a time.</summary>
    public UnitState SavedState => Volatile.Read(ref _saved);

    /// <summary>
    /// Saves a state and goes on with <paramref name="next"/> on the command's loop, where
    /// <see cref="TaskContext.SaveSucceeded"/> tells whether it is durable. Commands that call this have
    /// <see cref="Ordering.Configuration"/>, so one save at a time is on its way. The step runs even when the command
    /// was aborted meanwhile: what is durable must also hold.
    /// </summary>
    public void SaveThen(TaskContext command, UnitState state, CommandStep next)
    {
        if (Options.Persistence is not { } persistence)
        {
            command.SaveSucceeded = true;
            Volatile.Write(ref _saved, state);
            next(this, command);
            return;
        }
        state = WithHistory(state);
        var bytes = state.Encode();
        if (bytes.Length > ILuPersistence.StateLengthMax)
        {
            command.SaveSucceeded = false;
            next(this, command);
            return;
        }
        persistence.Save(bytes, new CommandSave(this, command, state, next) { Loop = command.Task.Nexus.Loop });
    }

    private async ValueTask<ControlResult> LoadStateAsync(CancellationToken stop)
    {
        if (Options.Persistence is not { } persistence)
        {
            RestoreReservations(UnitState.Empty);
            return ControlResult.Success;
        }
        var bytes = await persistence.LoadAsync(stop);
        if (!UnitState.TryDecode(bytes.Span, out var state) || !RestoreModePages(state)
            || !TryRestoreHistory(state))
        {
            return ControlResult.Failure(
                $"{Id}: its saved state is damaged; restore it from a backup, or remove it to start with defaults "
                + "and without the persistent reservations it held");
        }
        RestoreReservations(state);
        Volatile.Write(ref _saved, state);
        return ControlResult.Success;
    }

    private sealed class CommandSave(EmulatedUnit unit, TaskContext command, UnitState state, CommandStep next)
        : SaveRequest
    {
        public override void Run()
        {
            command.SaveSucceeded = Succeeded;
            if (Succeeded) Volatile.Write(ref unit._saved, state);
            next(unit, command);
        }
    }
}
