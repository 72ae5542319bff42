using TestKit;

namespace Imaging.Tests.Oracles;

/// <summary>A fact that asks live Pillow and torchvision; skipped with the reason where they, or the photographs, are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OracleFactAttribute : FactAttribute
{
    public OracleFactAttribute(bool photographs = false)
    {
        Photographs = photographs;
        Skip = photographs && Fixtures.SharedFolder is null
            ? "Needs real photographs: set SHARED_FIXTURES or put them into ../shared."
            : Oracle.Missing;
    }

    public bool Photographs { get; }
}
