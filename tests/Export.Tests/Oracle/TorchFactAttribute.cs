namespace Export.Tests.Oracle;

/// <summary>
/// A fact that asks PyTorch; skipped with the reason where it is not installed. Committed goldens are checked everywhere.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TorchFactAttribute : FactAttribute
{
    public TorchFactAttribute()
    {
        if (!Torch.IsInstalled) Skip = "Needs /usr/bin/python3 with torch and torchvision (Debian: python3-torch python3-torchvision).";
    }
}
