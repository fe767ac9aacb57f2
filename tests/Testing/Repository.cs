namespace Lunette.Testing;

/// <summary>The tree the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds Lunette.slnx. Builds map paths away, so the running test looks for it.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Lunette.slnx"))) return folder.FullName;
        throw new InvalidOperationException($"no Lunette.slnx above {AppContext.BaseDirectory}");
    }
}
