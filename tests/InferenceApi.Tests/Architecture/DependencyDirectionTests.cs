using System.Reflection;
using TestKit;

namespace InferenceApi.Tests.Architecture;

/// <summary>The tables of docs/architecture.md, enforced on the types that the built assemblies use.</summary>
public sealed class DependencyDirectionTests
{
    private static readonly Dictionary<string, Assembly> Assemblies = new()
    {
        ["src/InferenceApi"] = typeof(Program).Assembly,
        ["src/Imaging"] = typeof(Imaging.ImagePreprocessor).Assembly,
        ["src/ModelStore"] = typeof(ModelStore.StoreFolder).Assembly,
        ["tools/export"] = typeof(Export.ModelExporter).Assembly,
        ["tools/capacity"] = Assembly.Load("capacity"),
    };

    private static readonly Type[] All = [.. Assemblies.Values.SelectMany(assembly => assembly.GetTypes())];

    public static TheoryData<string> Roots => [.. Assemblies.Keys];

    [Theory]
    [MemberData(nameof(Roots))]
    public void Folder_UsesOnlyTypesThatTheTableAllows(string root) =>
        AssertNone(Direction.Violations(Space(root), Assemblies[root].GetTypes(), DirectionTable.Of(root)));

    [Theory]
    [MemberData(nameof(Roots))]
    public void EveryFolder_HasARow(string root) =>
        Assert.Equal(
            DirectionTable.Of(root).Keys.Order(),
            Assemblies[root].GetTypes().Select(type => Direction.Folder(Space(root), type)).OfType<string>().Distinct().Order());

    [Theory]
    [MemberData(nameof(Roots))]
    public void Folders_FormNoCircle(string root) => AssertNone(Direction.Circle(Space(root), Assemblies[root].GetTypes()));

    [Fact]
    public void Endpoints_MayNotUseBatching() => Assert.DoesNotContain("Batching", DirectionTable.Of("src/InferenceApi")["Endpoints"]);

    [Fact]
    public void OnnxRuntime_IsUsedInRuntimeAlone() =>
        AssertNone(Direction.Users(All, "Microsoft.ML", "InferenceApi.Runtime", "Export.Runtime"));

    [Fact]
    public void AspNetCore_IsUsedAtTheEdgeAlone() =>
        AssertNone(Direction.Users(All, "Microsoft.AspNetCore", "InferenceApi.Endpoints", "InferenceApi.Hosting"));

    [Fact]
    public void NoFile_IsLongerThanTheCap()
    {
        const int Cap = 300;
        string[] roots = ["src", "tools", "tests", "benchmarks"];
        var tooLong =
            from root in roots
            from file in Directory.GetFiles(Path.Combine(Fixtures.RepositoryRoot, root), "*.cs", SearchOption.AllDirectories)
            where !file.Contains("/obj/", StringComparison.Ordinal) && File.ReadLines(file).Count() > Cap
            select file;
        Assert.Empty(tooLong);
    }

    // Assert.Empty cuts off what it found.
    private static void AssertNone(IReadOnlyList<string> found) => Assert.True(found.Count == 0, string.Join('\n', found));

    // Folders of tools/ have lower-case names, their namespaces have not.
    private static string Space(string root) => root.Split('/')[1] is var name ? char.ToUpperInvariant(name[0]) + name[1..] : root;
}
