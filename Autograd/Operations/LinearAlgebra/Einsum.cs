using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.LinearAlgebra;

/// <summary>
/// The sum of products that an equation of labels states (ONNX <c>Einsum</c>), such as "bij,bjk->bik": axes of one label go together, labels that the result does not have are summed over, a label twice in
/// one term takes the diagonal, and an ellipsis stands for axes that broadcast. The inputs are joined from left to right, by products of matrices where a label is summed over.
/// </summary>
/// <param name="Equation">The equation; without "->" the result has the labels that occur once, in alphabetical order.</param>
public sealed record Einsum(string Equation) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Einsum("ij,jk->ik"), new ExampleInput(["batch", 3]), new ExampleInput([3, 4])),
        new(new Einsum("bij, bjk -> bik"), new ExampleInput(["batch", 2, 3]), new ExampleInput(["batch", 3, 4])),
        new(new Einsum("ij,jk"), new ExampleInput([2, 3]), new ExampleInput([3, 2])),
        new(new Einsum("...ii->...i"), new ExampleInput([2, 3, 3])),
        new(new Einsum("ij->ji"), new ExampleInput(["batch", 3])),
        new(new Einsum("ij->i"), new ExampleInput(["batch", 3])),
        new(new Einsum("i,j->ij"), new ExampleInput([2]), new ExampleInput([3])),
        new(new Einsum("i,i"), new ExampleInput([4]), new ExampleInput([4])),
        new(new Einsum("...ij,...jk->...ik"), new ExampleInput([2, 4, 2, 3]), new ExampleInput([2, 4, 3, 2])),
        new(new Einsum("...ij,...jk->...ik"), new ExampleInput([2, 3]), new ExampleInput([4, 3, 2])),
        new(new Einsum("i...,...i->...i"), new ExampleInput([2, 3]), new ExampleInput([4, 1, 2])),
        new(new Einsum("ij,jk,kl->il"), new ExampleInput([2, 3]), new ExampleInput([3, 2]), new ExampleInput([2, 4])),
        new(new Einsum("bhwij,bhwj->bwhi"), new ExampleInput([2, 2, 3, 2, 3]), new ExampleInput([2, 2, 3, 3])),
        new(new Einsum("ij,kj,k->i"), new ExampleInput([2, 3]), new ExampleInput([4, 3]), new ExampleInput([4])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Einsum(node.Text("equation")).ApplyAll(node.Inputs);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        EinsumEquation equation = EinsumEquation.Read(Equation, [.. inputs.Select(input => input.Shape.Rank)]);

        // Products are there for integers of 32 and 64 bits; others wrap when they are cast back.
        DType type = inputs[0].DType;
        DType wide = ElementType.Of(type) is { IsInteger: true, Bits: < 32 } row ? row.Kind == ElementKind.Signed ? DType.Int32 : DType.UInt32 : type;
        Term[] terms = [.. inputs.Select((input, i) => Term.Of(Ops.Cast(input, wide), equation.Inputs[i]))];
        Term joined = terms[0];
        for (int i = 1; i < terms.Length; i++)
        {
            HashSet<int> needed = [.. equation.Output, .. terms.Skip(i + 1).SelectMany(term => term.Labels)];
            joined = joined.Join(terms[i], needed);
        }

        Variable result = joined.Summed([.. equation.Output]).Ordered(equation.Output).Tensor;
        return [Ops.Cast(result == inputs[0] ? new Elementwise.Identity().Apply(result) : result, type)];
    }

    /// <inheritdoc/>
    // ONNX Runtime 1.31 ends the whole process where two ellipses stand for different numbers of axes: such an equation is written as its products.
    public override OnnxForm? ToOnnx(OnnxRequest request) => EinsumEquation.Read(Equation, [.. request.Inputs.Present.Select(input => input.Shape.Rank)]).EllipsesAgree
        ? new(Name) { Attributes = [new OnnxAttribute("equation", Equation)] }
        : null;

    /// <summary>A tensor with a label for each axis, no label twice.</summary>
    private sealed record Term(Variable Tensor, int[] Labels)
    {
        /// <summary>A label that stands twice takes the diagonal.</summary>
        public static Term Of(Variable x, int[] labels)
        {
            for (int second = 1; second < labels.Length; second++)
            {
                int first = Array.IndexOf(labels, labels[second]);
                if (first == second)
                    continue;
                int rank = labels.Length, size = x.Shape[second].Size;
                if (x.Shape[first] != x.Shape[second])
                    throw new ShapeException($"Einsum expects axes {first} and {second} of one label to be equal, found {x.Shape}.");
                int[] others = [.. Enumerable.Range(0, rank).Where(axis => axis != first && axis != second)];
                Variable last = Ops.Transpose(x, [.. others, first, second]);
                Variable flat = Ops.Reshape(last, [.. last.Shape.Take(rank - 2), size * size]);
                return Of(Ops.Slice(flat, rank - 2, 0, size * size, size + 1), [.. others.Select(axis => labels[axis]), labels[first]]);
            }

            return new Term(x, labels);
        }

        /// <summary>The sum over the labels that are not needed.</summary>
        public Term Summed(HashSet<int> needed)
        {
            int[] axes = [.. Enumerable.Range(0, Labels.Length).Where(axis => !needed.Contains(Labels[axis]))];
            return axes.Length == 0 ? this : new Term(Ops.Sum(Tensor, [.. axes]), [.. Labels.Where(needed.Contains)]);
        }

        public Term Ordered(IReadOnlyList<int> labels) => Labels.SequenceEqual(labels)
            ? this
            : new Term(Ops.Transpose(Tensor, [.. labels.Select(label => Array.IndexOf(Labels, label))]), [.. labels]);

        public Term Join(Term other, HashSet<int> needed)
        {
            Term a = Summed([.. needed, .. other.Labels]), b = other.Summed([.. needed, .. Labels]);
            int[] shared = [.. a.Labels.Intersect(b.Labels)];

            // An axis of size 1 that repeats is no axis to multiply matrices over.
            int[] contracted = [.. shared.Where(label => !needed.Contains(label) && a.SizeOf(label) == b.SizeOf(label))];
            int[] stack = [.. shared.Except(contracted)];
            int[] rows = [.. a.Labels.Except(shared)], columns = [.. b.Labels.Except(shared)];
            a = a.Ordered([.. stack, .. rows, .. contracted]);
            b = b.Ordered([.. stack, .. contracted, .. columns]);
            Dim[] rowSizes = [.. rows.Select(a.SizeOf)], columnSizes = [.. columns.Select(b.SizeOf)];
            Shape left = a.Tensor.Shape, right = b.Tensor.Shape;
            Variable product = contracted.Length == 0
                ? Ops.Mul(
                    Ops.Reshape(a.Tensor, [.. left, .. Enumerable.Repeat((Dim)1, columns.Length)]),
                    Ops.Reshape(b.Tensor, [.. right.Take(stack.Length), .. Enumerable.Repeat((Dim)1, rows.Length), .. right.Skip(stack.Length)]))
                : Ops.MatMul(
                    Ops.Reshape(a.Tensor, [.. left.Take(stack.Length), Product(rowSizes), Product(contracted.Select(a.SizeOf))]),
                    Ops.Reshape(b.Tensor, [.. right.Take(stack.Length), Product(contracted.Select(a.SizeOf)), Product(columnSizes)]));
            Variable shaped = Ops.Reshape(product, [.. product.Shape.Take(stack.Length), .. rowSizes, .. columnSizes]);
            return new Term(shaped, [.. stack, .. rows, .. columns]).Summed(needed);
        }

        private Dim SizeOf(int label) => Tensor.Shape[Array.IndexOf(Labels, label)];

        private static Dim Product(IEnumerable<Dim> sizes) => sizes.Aggregate(Dim.Of(1), (product, size) => product * size);
    }
}
