namespace InferenceApi.Tests.Imaging;

/// <summary>A fact that asks live Pillow and torchvision; skipped with the reason where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OracleFactAttribute : FactAttribute
{
    public OracleFactAttribute() => Skip = Oracle.Missing;
}
