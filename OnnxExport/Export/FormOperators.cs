using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Operations.Shaping;
using Range = Toolkit.Autograd.Operations.Shaping.Range;

namespace Toolkit.OnnxExport.Export;

/// <summary>The operators that stand inside the forms of operations and are not named there (<see cref="Autograd.Graph.OnnxForm.Read"/>). A native program that exports carries these, and not the kernels of the whole standard.</summary>
internal static class FormOperators
{
    public static OperatorSet All { get; } = OperatorSet.Empty
        .With<Add>("")
        .With<Cast>("")
        .With<Concat>("")
        .With<Div>("")
        .With<Equal>("")
        .With<Expand>("")
        .With<Gather>("")
        .With<MatMul>("")
        .With<Mul>("")
        .With<NonZero>("")
        .With<OneHot>("")
        .With<Range>("")
        .With<ReduceProd>("")
        .With<ReduceSum>("")
        .With<Reshape>("")
        .With<ShapeOf>("")
        .With<Slice>("")
        .With<Squeeze>("")
        .With<Transpose>("")
        .With<Unsqueeze>("");
}
