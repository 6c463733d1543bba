using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.LinearAlgebra;

namespace Toolkit.Autograd.Compilation;

/// <summary>
/// Moves the addition of a bias and a rectifier into the product before them (<see cref="FusedProduct"/>), and the sum of two products into the second
/// (<see cref="ProductSum"/>), where nothing else takes the result in between: a pass over memory less for each. Positions of max pooling that nobody reads
/// are dropped (<see cref="MaxPoolValues"/>).
/// </summary>
internal sealed class Epilogues
{
    private readonly Dictionary<Variable, Variable> rewritten = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Variable, int> uses = new(ReferenceEqualityComparer.Instance);

    private Epilogues(Signature signature)
    {
        foreach (Variable variable in signature.Nodes.SelectMany(n => n.Inputs)
            .Concat(signature.Outputs.Select(o => o.Variable)).Concat(signature.Updates.Select(u => u.NewValue)))
        {
            uses[variable] = uses.GetValueOrDefault(variable) + 1;
        }
    }

    public static Signature Rewrite(Signature signature)
    {
        var epilogues = new Epilogues(signature);
        foreach (Node node in signature.Nodes)
        {
            epilogues.Visit(node);
        }

        return new Signature(
            signature.Inputs,
            [.. signature.Outputs.Select(o => o with { Variable = epilogues.Map(o.Variable) })],
            [.. signature.Updates.Select(u => u with { NewValue = epilogues.Map(u.NewValue) })],
            signature.Name);
    }

    private Variable Map(Variable variable) => rewritten.GetValueOrDefault(variable, variable);

    private void Visit(Node node)
    {
        Variable[] inputs = [.. node.Inputs.Select(Map)];
        Variable? fused = node.Operation switch
        {
            Add => WithBias(node, 0, 1) ?? WithBias(node, 1, 0) ?? Sum(node),
            Relu => WithRelu(node, inputs[0]),
            MaxPool pool when !uses.ContainsKey(node.Outputs[1]) => new MaxPoolValues(pool).Apply(inputs),
            _ => null,
        };
        if (fused is not null)
        {
            rewritten[node.Outputs[0]] = fused;
            return;
        }

        if (inputs.AsSpan().SequenceEqual([.. node.Inputs]))
        {
            return;
        }

        IReadOnlyList<Variable> outputs = node.Operation.ApplyAll(inputs);
        for (int i = 0; i < outputs.Count; i++)
        {
            rewritten[node.Outputs[i]] = outputs[i];
        }
    }

    private Variable? WithBias(Node node, int product, int bias)
    {
        Variable result = node.Inputs[product];
        return uses[result] == 1
            && Map(result).Producer is { } producer
            && FusedProduct.Handles(producer.Operation, producer.Inputs)
            && result.Type == node.Outputs[0].Type
            && FusedProduct.IsBias(producer.Operation, result.Shape, node.Inputs[bias].Shape)
                ? new FusedProduct(producer.Operation, HasBias: true, Relu: false).Apply([.. producer.Inputs, Map(node.Inputs[bias])])
                : null;
    }

    private Variable? Sum(Node node) =>
        node.Inputs[0] != node.Inputs[1]
        && uses[node.Inputs[0]] == 1 && Map(node.Inputs[0]).Producer is { Operation: Gemm first } left
        && uses[node.Inputs[1]] == 1 && Map(node.Inputs[1]).Producer is { Operation: Gemm second } right
        && node.Inputs[0].Type == node.Inputs[1].Type
            ? new ProductSum(first, second).Apply([.. left.Inputs, .. right.Inputs])
            : null;

    private Variable? WithRelu(Node node, Variable input)
    {
        if (uses[node.Inputs[0]] != 1 || input.Producer is not { } producer)
        {
            return null;
        }

        return producer.Operation is FusedProduct { Relu: false } fused ? (fused with { Relu = true }).Apply([.. producer.Inputs])
            : FusedProduct.Handles(producer.Operation, producer.Inputs)
                ? new FusedProduct(producer.Operation, HasBias: false, Relu: true).Apply([.. producer.Inputs])
                : null;
    }
}
