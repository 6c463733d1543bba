using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Gradients;

/// <content>The gradient of each example's loss.</content>
public static partial class Gradient
{
    /// <summary>
    /// The gradients of the loss of each example by itself, with the examples as first axis: ∂lossᵢ/∂wrt for i = 0, 1, … Their mean is the gradient of the mean loss; their norms are what differentially private training
    /// clips. It takes memory for as many gradients as there are examples.
    /// </summary>
    /// <remarks>A loop over the examples differentiates the computation of one (a batch of size 1). Whatever has the symbol of <paramref name="losses"/> as its first axis and does not follow from other such things is taken
    /// row by row: inputs, and random numbers such as the mask of a dropout. Examples must not influence each other, as they do in batch normalization during training: there the result is that of each example
    /// alone.</remarks>
    /// <param name="losses">The loss of each example, [batch] with a symbolic size.</param>
    /// <param name="wrt">The variables to differentiate by, mostly parameters; none may depend on the examples.</param>
    /// <returns>For each variable [batch, …] with its shape behind; zeros where the losses do not depend on it.</returns>
    /// <exception cref="GradientException">The losses are not a vector of floating-point numbers with a symbolic size that depends on inputs of this size, a variable depends on them, or a derivative is not defined.</exception>
    public static IReadOnlyList<Variable> PerExample(Variable losses, IReadOnlyList<Variable> wrt)
    {
        if (!losses.DType.IsFloating() || losses.Shape.Rank != 1 || losses.Shape[0].Symbol is null)
            throw new GradientException($"Expected the floating-point losses of examples, [batch] with a symbol, found {losses}.");
        var rows = new ExampleRows(losses);
        if (rows.Separate.Count == 0)
            throw new GradientException($"Expected losses that depend on inputs with the first axis {losses.Shape[0]}, found none before {losses}.");
        if (wrt.FirstOrDefault(rows.DependsOnExamples) is { } wrong)
            throw new GradientException($"Expected variables that do not depend on the examples, found {wrong}. Its gradient has an axis of examples already: take {nameof(Of)} of the sum of the losses.");
        return Ops.Scan([], rows.Separate, (_, elements) =>
        {
            var one = new Substitution(rows.Separate.Zip(elements, (all, row) => (all, One: new Unsqueeze().Apply(row, Ops.Integers(0)))).ToDictionary(pair => pair.all, pair => pair.One));
            return ([], Of(Ops.Sum(one.Map(losses)), wrt));
        }).Outputs;
    }

    /// <summary>What of a computation belongs to single examples, from the beginning on.</summary>
    private sealed class ExampleRows
    {
        private readonly HashSet<Variable> dependent = new(ReferenceEqualityComparer.Instance);

        public ExampleRows(Variable losses)
        {
            Dim batch = losses.Shape[0];
            var separate = new HashSet<Variable>(ReferenceEqualityComparer.Instance);
            bool IsRow(Variable variable) => variable.Shape.Rank > 0 && variable.Shape[0] == batch;
            foreach (Node node in TopologicalOrder.Of([losses]))
            {
                // Sizes are known without the numbers.
                Variable[] inputs = [.. node.Inputs.Where(input => input.Content is null)];
                separate.UnionWith(inputs.Where(input => input.IsInput && IsRow(input)));
                if (inputs.Any(input => dependent.Contains(input) || (input.IsInput && IsRow(input))))
                {
                    dependent.UnionWith(node.Outputs);
                    separate.UnionWith(inputs.Where(input => input.Producer is not null && !dependent.Contains(input) && IsRow(input)));
                }
            }

            Separate = [.. separate];
        }

        /// <summary>What is taken row by row.</summary>
        public IReadOnlyList<Variable> Separate { get; }

        public bool DependsOnExamples(Variable variable) => dependent.Contains(variable) || Separate.Contains(variable);
    }
}
