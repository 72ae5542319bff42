using System.Diagnostics;
using TestKit;

namespace Deploy.Tests;

/// <summary>Runs a program to its end from the repository's root.</summary>
internal static class Tool
{
    /// <summary>What scripts exit with where a program they need is not installed.</summary>
    public const int Skipped = 77;

    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    public static ToolResult Run(string program, IEnumerable<string> arguments, string input = "")
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = Fixtures.RepositoryRoot,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return new ToolResult(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>The output of a run that must succeed.</summary>
    public static string Output(string program, IEnumerable<string> arguments, string input = "")
    {
        ToolResult result = Run(program, arguments, input);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"{program} exited with {result.ExitCode}: {result.Error}{result.Output}");
    }

    public static string PathOf(params string[] parts) => Path.Combine([Fixtures.RepositoryRoot, .. parts]);
}
