namespace Lunette.Tidy;

/// <summary>One breach of a rule: where it is, and what to do about it.</summary>
internal readonly record struct Finding(string Path, int Line, string Advice)
{
    public override string ToString() => $"{Path}:{Line}: {Advice}";
}
