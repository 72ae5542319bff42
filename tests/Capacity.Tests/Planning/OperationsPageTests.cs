using Capacity.Curves;
using Capacity.Planning;
using TestKit;

namespace Capacity.Tests.Planning;

/// <summary>The tables of docs/operations.md are what the tool prints today.</summary>
public sealed class OperationsPageTests
{
    private const string Rates = "10,100,1000,10000,250000";
    private static readonly string[] Page = File.ReadAllLines(Path.Combine(Fixtures.RepositoryRoot, "docs", "operations.md"));

    [Fact]
    public void TableOfReplicas_IsTheTools() => AssertOnPage(PlanTable.Replicas(Profiles("*")));

    [Theory]
    [InlineData("random", "*")]
    [InlineData("least-outstanding", "cpu-*")]
    public void TableOfPlans_IsTheTools(string balancer, string profiles) =>
        AssertOnPage(PlanTable.Plans(Profiles(profiles), CapacityOptions.Parse(["--p99", "250", "--rate", Rates, "--balancer", balancer])));

    private static void AssertOnPage(IEnumerable<string> printed)
    {
        string[] table = [.. printed.Where(line => line.StartsWith('|'))];
        int[] starts = [.. Enumerable.Range(0, Page.Length).Where(i => Page[i] == table[0])];
        Assert.Contains(table, starts.Select(start => Page[start..Math.Min(Page.Length, start + table.Length)]));
    }

    private static ReplicaProfile[] Profiles(string pattern) =>
    [
        .. Directory.GetFiles(Path.Combine(Fixtures.RepositoryRoot, "benchmarks", "capacity", "profiles"), pattern + ".json")
            .Order(StringComparer.Ordinal).Select(ProfileFile.Read),
    ];
}
