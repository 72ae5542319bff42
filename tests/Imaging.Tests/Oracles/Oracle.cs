using System.Diagnostics;
using TestKit;

namespace Imaging.Tests.Oracles;

/// <summary>Live Pillow and torchvision: one process answers for a whole list of files.</summary>
internal static class Oracle
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Null where Pillow 9.4 and torchvision are installed, else why not.</summary>
    public static string? Missing { get; } = Find();

    /// <summary>Answers by file name, as <see cref="Digests.Of"/> words them.</summary>
    public static Dictionary<string, string> Ask(IReadOnlyCollection<string> files)
    {
        string script = Path.Combine(Fixtures.RepositoryRoot, "tests", "Imaging.Tests", "Goldens", "imaging_oracle.py");
        string output = Run(["-B", script], string.Join('\n', files) + "\n");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Digests.OfOracle).ToDictionary(x => x.Name, x => x.Answer);
    }

    private static string? Find()
    {
        if (!File.Exists(Python)) return "Needs Debian's python3 with Pillow 9.4 and torchvision.";
        string version = Run(["-c", "import PIL, torchvision; print(PIL.__version__)"], "").Trim();
        return version.StartsWith("9.4", StringComparison.Ordinal) ? null : $"Needs Pillow 9.4 and torchvision, found '{version}'.";
    }

    private static string Run(string[] arguments, string input)
    {
        ProcessStartInfo start =
            new(Python, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Result : error.Result;
    }
}
