using System.Diagnostics;
using Benchmarks.Load.Processes;

namespace Benchmarks.Tests.Load.Processes;

public sealed class ChildProcessTests
{
    [Fact]
    public void StartInfo_SettingsOfTheGenerator_AreNotPassedOn()
    {
        const string Sockets =
            "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", Collector = "DOTNET_gcConcurrent", Other = "BENCH_TEST_OTHER";
        string[] names = [Sockets, Collector, Other];
        foreach (string name in names) Environment.SetEnvironmentVariable(name, "0");
        try
        {
            ProcessStartInfo start = ChildProcess.StartInfo(["program", "argument"]);

            Assert.Equal([Other], names.Where(start.Environment.ContainsKey));
            Assert.Equal(("program", "argument"), (start.FileName, Assert.Single(start.ArgumentList)));
        }
        finally
        {
            foreach (string name in names) Environment.SetEnvironmentVariable(name, null);
        }
    }

    [Fact]
    public void Verb_NamesTheProgramOfTheBenchmarks()
    {
        IReadOnlyList<string> command = ChildProcess.Verb("engine", "overhead");

        Assert.Equal(
            ("dotnet", "benchmarks.dll", "engine", "overhead"), (command[0], Path.GetFileName(command[1]), command[2], command[3]));
        Assert.True(File.Exists(command[1]));
    }
}
