using Lunette.Iscsi;

namespace Lunette.Port.Iscsi.Tasks;

/// <summary>
/// The tasks of a session that are in use, by initiator task tag. Tasks of one place are chained through themselves;
/// whoever chooses tags that meet in one slows down himself, at most by his command window.
/// </summary>
internal sealed class TaskTags
{
    private readonly IscsiTask?[] _places = new IscsiTask?[256];

    public IscsiTask? Find(InitiatorTaskTag tag)
    {
        var task = PlaceOf(tag);
        while (task is not null && task.InitiatorTaskTag != tag) task = task.NextOfPlace;
        return task;
    }

    /// <summary>Adds a task; nobody else has its tag.</summary>
    public void Add(IscsiTask task)
    {
        ref var place = ref PlaceOf(task.InitiatorTaskTag);
        task.NextOfPlace = place;
        place = task;
    }

    /// <summary>Takes a task out that is in.</summary>
    public void Remove(IscsiTask task)
    {
        ref var place = ref PlaceOf(task.InitiatorTaskTag);
        if (place == task)
        {
            place = task.NextOfPlace;
        }
        else
        {
            var before = place!;
            while (before.NextOfPlace != task) before = before.NextOfPlace!;
            before.NextOfPlace = task.NextOfPlace;
        }
        task.NextOfPlace = null;
    }

    private ref IscsiTask? PlaceOf(InitiatorTaskTag tag) => ref _places[(tag.Value * 0x9E37_79B1) >> 24];
}
