using System.Text.Json.Serialization;

namespace ModelStore;

/// <summary>
/// How a photograph becomes the model's input: resize the short side, crop the centre, scale to 0..1, normalise per channel.
/// It is data, because it must match the training pipeline exactly.
/// </summary>
/// <param name="Resize">Length of the short side after resizing, in pixels (256 for all published models).</param>
/// <param name="Crop">Side of the square cut from the centre, in pixels; also the model's input height and width.</param>
/// <param name="Interpolation">Filter of the resize; only "bilinear" (Pillow's antialiased triangle) is known.</param>
/// <param name="Mean">Per-channel mean of the 0..1 values, in R, G, B order.</param>
/// <param name="Std">Per-channel standard deviation of the 0..1 values, in R, G, B order; each is positive.</param>
public sealed record PreprocessingRecipe(int Resize, int Crop, string Interpolation, IReadOnlyList<float> Mean, IReadOnlyList<float> Std)
{
    /// <summary>
    /// The recipe of torchvision's ImageNet models and of all twelve published ones: 256, 224, bilinear, ImageNet mean and std.
    /// </summary>
    public static PreprocessingRecipe ImageNet { get; } =
        new(256, 224, "bilinear", [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>Elements of one prepared image: three channels of <see cref="Crop"/> × <see cref="Crop"/>.</summary>
    [JsonIgnore]
    public int TensorLength => 3 * Crop * Crop;
}
