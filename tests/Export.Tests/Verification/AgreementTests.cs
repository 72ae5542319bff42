using Export.Verification;
using ModelStore;

namespace Export.Tests.Verification;

public sealed class AgreementTests
{
    [Fact]
    public void Measurement_IsOfSoftmaxedLogits()
    {
        AgreementMeasurement measurement = new();
        measurement.Add([0, MathF.Log(3)], [0, 0], known: 1); // 0.25, 0.75 against a tie, whose first is class 0
        measurement.Add([0, MathF.Log(9)], [0, MathF.Log(9)], known: null); // 0.1, 0.9, the same
        measurement.Add([MathF.Log(1.5f), 0], [0, MathF.Log(1.5f)], known: 0); // 0.6 against 0.4: a near tie that turned
        PrecisionAgreement found = measurement.Result(AgreementSource.Photographs);
        Assert.Equal((3, 2), (found.Images, found.Clear));
        Assert.Equal(1.0 / 3, found.Top1, 1e-9);
        Assert.Equal(0.5, found.ClearTop1!.Value, 1e-9);
        Assert.Equal((0.25 + 0 + 0.2) / 3, found.MeanProbabilityDifference!.Value, 1e-6);
        Assert.Equal(0.25, found.MaxProbabilityDifference, 1e-6);
        Assert.Equal(new AccuracyComparison(2, 0, 1), found.Accuracy);
    }

    [Theory]
    [InlineData("photographs", 0.95, 0.995, 0.03, null)]
    [InlineData("photographs", 0.94, 1, 0.01, "94.0 %")]
    [InlineData("photographs", 0.99, 0.99, 0.01, "99.0 %")]
    [InlineData("photographs", 0.99, 1, 0.031, "0.0310")]
    [InlineData("photographs", 0.99, 1, double.NaN, "NaN")]
    [InlineData("generated", 1, 1, 0, "no photographs")]
    public void Gate_RefusesWhatMissesALimit_UnlessAccepted(string source, double top1, double clear, double difference, string? named)
    {
        PrecisionAgreement agreement = new(100, source, top1, 0.1)
        {
            Clear = 80,
            ClearTop1 = clear,
            MeanProbabilityDifference = difference,
        };
        if (named is null)
        {
            Assert.Equal(agreement, AgreementGate.Require(agreement, accept: false));
            return;
        }

        string message = Assert.Throws<NetworkCheckException>(() => AgreementGate.Require(agreement, accept: false)).Message;
        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.Contains("--accept-agreement", message, StringComparison.Ordinal);
        Assert.True(AgreementGate.Require(agreement, accept: true).AcceptedBelowLimits);
    }
}
