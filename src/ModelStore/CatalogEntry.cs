using System.Text.Json.Serialization;

namespace ModelStore;

/// <summary>The published facts of one of the twelve models.</summary>
/// <param name="Name">Our name, for example "resnet50_swsl".</param>
/// <param name="Supervision">"ssl" (semi-supervised, YFCC100M) or "swsl" (semi-weakly supervised, Instagram hashtags).</param>
/// <param name="Architecture">For example "resnet50" or "resnext101_32x8d".</param>
/// <param name="Url">Where the authors publish the checkpoint.</param>
/// <param name="File">The checkpoint's file name; it ends in the first eight digits of its SHA-256.</param>
/// <param name="Bytes">The checkpoint's length.</param>
/// <param name="Sha256Prefix">First eight hexadecimal digits of the checkpoint's SHA-256; no longer digest was ever published.</param>
/// <param name="Parameters">Learnable parameters.</param>
/// <param name="Gmacs">Multiply-adds of one 224 × 224 image in convolutions and the last layer, in 10⁹.</param>
/// <param name="Top1Published">ImageNet validation accuracy the authors state, in %.</param>
/// <param name="Top5Published">Likewise, top five.</param>
/// <param name="Top1Measured">What independent measurement of the published file gives (timm's result table), in %.</param>
/// <param name="Top5Measured">Likewise, top five.</param>
/// <param name="Licence">SPDX identifier of the weights' licence.</param>
/// <param name="Note">What a user must know, or null; for example the defective upload of resnext101_32x16d_swsl.</param>
public sealed record CatalogEntry(
    string Name,
    string Supervision,
    string Architecture,
    string Url,
    string File,
    long Bytes,
    string Sha256Prefix,
    long Parameters,
    double Gmacs,
    double Top1Published,
    double Top5Published,
    double Top1Measured,
    double Top5Measured,
    string Licence,
    string? Note)
{
    /// <summary>The published file does not reach the published accuracy (more than half a point below it).</summary>
    [JsonIgnore]
    public bool KnownBad => Top1Published - Top1Measured > 0.5;
}
