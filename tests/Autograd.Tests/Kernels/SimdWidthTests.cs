using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Tests.Kernels;

public sealed class SimdWidthTests
{
    /// <summary>Set by <see cref="NarrowVectorTests"/> in the process that it starts.</summary>
    internal const string ExpectedWidth = "TOOLKIT_EXPECTED_WIDTH";

    [Fact]
    public void The_widest_vectors_with_hardware_are_used()
    {
        string? expected = Environment.GetEnvironmentVariable(ExpectedWidth);
        SimdWidth best = System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? SimdWidth.Vector512
            : System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated ? SimdWidth.Vector256 : SimdWidth.Vector128;
        Assert.Equal(expected is null ? best : Enum.Parse<SimdWidth>(expected), SimdWidths.Best);
    }
}
