namespace ModelStore.Tests;

public sealed class ModelCatalogTests
{
    [Fact]
    public void Entries_AreTheTwelve_EachUnderAValidName()
    {
        Assert.Equal(12, ModelCatalog.Entries.Count);
        Assert.Equal(12, ModelCatalog.Entries.Select(entry => entry.Name).Distinct().Count());
        Assert.All(ModelCatalog.Entries, entry => Assert.True(ModelName.IsValid(entry.Name), entry.Name));
        Assert.All(ModelCatalog.Entries, entry => Assert.Equal($"{entry.Architecture}_{entry.Supervision}", entry.Name));
    }

    [Fact]
    public void EveryFileName_EndsInTheDigestPrefix() => Assert.All(ModelCatalog.Entries, entry =>
    {
        Assert.EndsWith($"-{entry.Sha256Prefix}.pth", entry.File, StringComparison.Ordinal);
        Assert.EndsWith("/" + entry.File, entry.Url, StringComparison.Ordinal);
    });

    [Fact]
    public void OnlyTheBadUpload_IsFlagged()
    {
        CatalogEntry bad = Assert.Single(ModelCatalog.Entries, entry => entry.KnownBad);
        Assert.Equal("resnext101_32x16d_swsl", bad.Name);
        Assert.Contains("bad", bad.Note!, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void EveryLicence_ForbidsCommercialUse() =>
        Assert.All(ModelCatalog.Entries, entry => Assert.Equal("CC-BY-NC-4.0", entry.Licence));

    [Fact]
    public void Find_OfAnUnknownName_IsNull()
    {
        Assert.Null(ModelCatalog.Find("resnet50"));
        Assert.Equal(25_557_032, ModelCatalog.Find("resnet50_swsl")!.Parameters);
    }
}
