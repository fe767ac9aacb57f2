namespace Lunette.Backing.Tests;

/// <summary>
/// Tests that start processes run one after the other: until it runs its program a child has all that is open, and a
/// block device that another test has just closed is held by it still.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ProcessesAndDevices
{
    public const string Name = "processes and devices";
}
