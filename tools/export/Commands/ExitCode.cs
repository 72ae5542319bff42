namespace Export.Commands;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    public const int Ok = 0, Failed = 1, Usage = 2;

    /// <summary>The weights could not be downloaded; a script may then fall back to synthetic ones, as run.sh does.</summary>
    public const int Unreachable = 3;
}
