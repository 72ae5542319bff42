namespace Export.Commands;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    public const int Ok = 0, Failed = 1, Usage = 2;
}
