namespace TestKit;

/// <summary>A fact that needs the real photographs and weights; where they are absent it is reported as skipped, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute()
    {
        if (Fixtures.SharedFolder is null)
            Skip = "Needs real photographs and weights: set SHARED_FIXTURES or put them into ../shared.";
    }
}
