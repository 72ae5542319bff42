using Export.Commands;
using ModelStore;

namespace Export.Tests.Commands;

public sealed class ExportArgumentsTests
{
    [Fact]
    public void Requests_All_AreTheTwelve() =>
        Assert.Equal(ModelCatalog.Entries.Select(entry => entry.Name),
            new ExportArguments { All = true }.Requests().Select(request => request.Name));

    [Theory]
    [InlineData(null, 1)]
    [InlineData("42", 42)]
    [InlineData("-3", -3)]
    public void Requests_Synthetic_TakeTheSeed(string? value, int seed)
    {
        ExportRequest request =
            Assert.Single(new ExportArguments { Models = ["resnet50_swsl"], Synthetic = true, SyntheticValue = value }.Requests());
        Assert.Equal((seed, "resnet50", "resnet50_swsl"), (request.SyntheticSeed, request.Architecture, request.Name));
    }

    [Fact]
    public void Requests_ModelAfterSynthetic_IsAModel()
    {
        IReadOnlyList<ExportRequest> requests =
            new ExportArguments { Models = ["resnet50_ssl"], Synthetic = true, SyntheticValue = "resnet18_ssl" }.Requests();
        Assert.Equal(["resnet18_ssl", "resnet50_ssl"], requests.Select(request => request.Name));
        Assert.All(requests, request => Assert.Equal(ExportArguments.DefaultSeed, request.SyntheticSeed));
    }

    [Fact]
    public void Requests_OwnCheckpoint_HasItsNameAndNoEntry()
    {
        ExportRequest request = Assert.Single(new ExportArguments { Name = "birds", Checkpoint = "b.pth", Labels = "l.txt" }.Requests());
        Assert.Equal(("birds", "b.pth", "l.txt", null), (request.Name, request.Checkpoint, request.LabelsFile, request.Entry));
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "nothing", "Name a MODEL" },
        { "unknown", "Known: resnet18_ssl" },
        { "all and model", "--all excludes MODEL" },
        { "checkpoint without name", "--checkpoint needs a --name" },
        { "synthetic and checkpoint", "exclude each other" },
        { "two and a name", "one model at a time" },
        { "model and name", "either MODEL" },
        { "bad name", "cannot be a model's name" },
        { "synthetic of nothing", "neither a published model nor an architecture" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Requests_ThatMakeNoSense_AreRefused(string what, string reason)
    {
        ExportArguments arguments = what switch
        {
            "nothing" => new(),
            "unknown" => new() { Models = ["resnet19"] },
            "all and model" => new() { All = true, Models = ["resnet18_ssl"] },
            "checkpoint without name" => new() { Checkpoint = "x" },
            "synthetic and checkpoint" => new() { Name = "x", Checkpoint = "x", Synthetic = true },
            "two and a name" => new() { Models = ["resnet18_ssl", "resnet50_ssl"], Name = "x", Synthetic = true },
            "model and name" => new() { Models = ["resnet18_ssl"], Name = "x" },
            "bad name" => new() { Name = "../x", Checkpoint = "x" },
            _ => new() { Models = ["vgg16"], Synthetic = true },
        };
        Assert.Contains(reason, Assert.Throws<UsageException>(arguments.Requests).Message, StringComparison.Ordinal);
    }
}
