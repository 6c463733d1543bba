using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Range = Toolkit.Autograd.Operations.Shaping.Range;

namespace Toolkit.Modeling.Modules;

/// <summary>The places along an axis.</summary>
internal static class Positions
{
    /// <summary>0, 1, … up to a size, [size].</summary>
    /// <param name="axis">The size.</param>
    /// <param name="carrier">A tensor in whose shape its symbols occur.</param>
    /// <param name="type">The type of the numbers.</param>
    public static Variable Of(Dim axis, Variable carrier, DType type = DType.Int64) =>
        new Range().Apply(Variable.Scalar(0, type), Ops.Size(axis, type, carrier), Variable.Scalar(1, type));
}
