using Capacity.Curves;
using TestKit;

namespace Benchmarks.Tests.Capacity.Curves;

public sealed class ProfileFileTests
{
    private const string Valid = """
        {"name": "n", "source": "s", "assumption": false, "device": "cpu", "cores": 2, "prepareMilliseconds": 2, "pricePerHour": 0.1,
         "batchLatency": [{"batch": 1, "milliseconds": 20}, {"batch": 3, "milliseconds": 40}]}
        """;

    [Fact]
    public void Read_CommittedProfiles_AreReadable_AndThoseOfGpusAreCalledAssumptions()
    {
        string folder = Path.Combine(Fixtures.RepositoryRoot, "tools", "capacity", "profiles");
        ReplicaProfile[] profiles = [.. Directory.GetFiles(folder, "*.json").Select(ProfileFile.Read)];

        Assert.Contains(profiles, profile => !profile.IsAssumption && profile.Replica.SharesCores);
        Assert.All(profiles, profile => Assert.NotEmpty(profile.Source));
        Assert.All(profiles.Where(profile => profile.IsAssumption),
            profile => Assert.StartsWith("ASSUMED", profile.Source, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_CurveWithGaps_IsInterpolated()
    {
        ReplicaProfile profile = ReadText(Valid);

        Assert.Equal(30, profile.Replica.Curve[2]);
        Assert.Equal(22, profile.Replica.IdleMs);
        Assert.Equal(1 / ((0.040 / 3) + 0.001), profile.Replica.Capacity, 1e-9);
    }

    [Theory]
    [InlineData("\"cpu\"", "\"tpu\"")]
    [InlineData("\"batch\": 3", "\"batch\": 1")]
    [InlineData("\"batch\": 3", "\"batch\": 1000000000")]
    [InlineData("\"milliseconds\": 40", "\"milliseconds\": 0")]
    [InlineData("\"cores\": 2", "\"cores\": 0")]
    [InlineData("\"cores\": 2", "\"cores\": \"two\"")]
    [InlineData("\"name\": \"n\",", "")]
    [InlineData("]}", "")]
    public void Read_SomethingWrong_SaysWhich(string part, string instead)
    {
        var failure = Assert.Throws<InvalidDataException>(() => ReadText(Valid.Replace(part, instead, StringComparison.Ordinal)));
        Assert.Contains("profile.json", failure.Message, StringComparison.Ordinal);
    }

    private static ReplicaProfile ReadText(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("profile.json"), text);
        return ProfileFile.Read(folder.File("profile.json"));
    }
}
