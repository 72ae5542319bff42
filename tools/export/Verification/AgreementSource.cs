namespace Export.Verification;

/// <summary>What pictures judged a network, as manifests say it.</summary>
internal static class AgreementSource
{
    public const string Photographs = "photographs", Generated = "generated";
}
