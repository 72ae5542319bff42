namespace Capacity.Planning;

/// <summary>Money, in whatever the price is in.</summary>
internal static class Cost
{
    /// <param name="replicas">How many are paid for, busy or not.</param>
    /// <param name="pricePerHour">Of one.</param>
    /// <param name="imagesPerSecond">What all of them answer together.</param>
    public static double PerMillionImages(int replicas, double pricePerHour, double imagesPerSecond) =>
        replicas * pricePerHour / 3600 / imagesPerSecond * 1_000_000;
}
