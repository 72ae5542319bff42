using Imaging.Decoding.TurboJpeg;
using TestKit;

namespace Imaging.Tests.Decoding.TurboJpeg;

/// <summary>A fact about the system's libturbojpeg; skipped with the reason where it, or the photographs, are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TurboJpegFactAttribute : FactAttribute
{
    public TurboJpegFactAttribute(bool photographs = false)
    {
        Photographs = photographs;
        if (!TurboJpegLibrary.IsUsable) Skip = "Needs libturbojpeg.so.0 (Debian: libturbojpeg0): see eng/apt-packages.txt.";
        else if (photographs && Fixtures.SharedFolder is null)
            Skip = "Needs real photographs: set SHARED_FIXTURES or put them into ../shared.";
    }

    public bool Photographs { get; }
}
