using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;

namespace Toolkit.Modeling.Regularizers;

/// <summary>What is being trained, as a regularizer sees it: the loss and all that it is made of, each a variable of one graph.</summary>
public sealed class Objective
{
    private readonly Module model;
    private readonly Loss loss;
    private readonly ForwardContext context;
    private readonly OptimizerState memory;

    internal Objective(Module model, Loss loss, Variable input, Variable target, ForwardContext context, OptimizerState? memory = null)
    {
        this.memory = memory ?? new OptimizerState();
        this.model = model;
        this.loss = loss;
        this.context = context;
        Input = input;
        Target = target;
        Output = model.Forward(input, context);
        Draws = context.Updates.Count > 0;
        PerExample = loss.PerExample(Output, target);
        if (PerExample.Shape.Rank != 1)
            throw new ShapeException($"{loss.GetType().Name} must give one number per example, [batch]; found {PerExample.Shape}.");
        Loss = loss.Mean(Output, target);
    }

    /// <summary>J: the mean loss of the batch, without penalties; a scalar.</summary>
    public Variable Loss { get; }

    /// <summary>The loss of each example, [batch].</summary>
    public Variable PerExample { get; }

    /// <summary>x: the input of the model, [batch, …].</summary>
    public Variable Input { get; }

    /// <summary>y: labels or targets.</summary>
    public Variable Target { get; }

    /// <summary>What the model gives for the input.</summary>
    public Variable Output { get; }

    /// <summary>h: the hidden representations, by the full names of the modules whose results they are ("dense1"), and under the names
    /// that modules have registered.</summary>
    public IReadOnlyDictionary<string, Variable> Hidden => context.Activations;

    /// <summary>Whether modules have drawn masks or noise, or keep count of something else with each step.</summary>
    internal bool Draws { get; }

    /// <summary>Whether the loss takes examples without a label.</summary>
    internal bool TakesUnlabelled => loss.TakesUnlabelled;

    /// <summary>The number of steps of the training that are done, an int64 scalar.</summary>
    public Variable Step => memory.Step;

    /// <summary>θ: the parameters that are learned; their roles tell weights from biases.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. model.Parameters.Where(parameter => parameter.Role != ParameterRole.State)];

    /// <summary>A hidden representation by name.</summary>
    /// <param name="name">The full name of a module, or a registered name.</param>
    /// <exception cref="GraphException">There is none of this name; the message lists those there are.</exception>
    public Variable HiddenOf(string name) => Hidden.TryGetValue(name, out Variable? hidden)
        ? hidden
        : throw new GraphException($"There is no hidden representation \"{name}\"; there are: {string.Join(", ", Hidden.Keys.Where(k => k.Length > 0))}.");

    /// <summary>Refuses a loss that does not read the output as logits of classes.</summary>
    /// <param name="regularizer">The regularizer that needs them, for the message.</param>
    /// <exception cref="GraphException">The loss has no class probabilities.</exception>
    public void RequireClassLogits(string regularizer)
    {
        if (!loss.ReadsClassLogits || Output.Shape.Rank != 2 || !Output.Shape[1].IsStatic)
        {
            throw new GraphException(
                $"{regularizer} reads class probabilities as the softmax of the outputs: expected a loss on class logits [batch, classes], such as " +
                $"{nameof(SoftmaxCrossEntropy)}, found {loss.GetType().Name} on {Output.Shape}.");
        }
    }

    /// <summary>The model, with the same parameters, applied to another input.</summary>
    /// <param name="otherInput">A variable of the type and shape of <see cref="Input"/>.</param>
    public Variable Apply(Variable otherInput) => model.Forward(otherInput, context);

    /// <summary>The mean loss of the model on another input with the same targets.</summary>
    /// <param name="otherInput">A variable of the type and shape of <see cref="Input"/>.</param>
    public Variable LossAt(Variable otherInput) => loss.Mean(Apply(otherInput), Target);

    /// <summary>The mean loss of the model on another input with other targets.</summary>
    /// <param name="otherInput">A variable of the type and shape of <see cref="Input"/>.</param>
    /// <param name="otherTarget">A variable of the type and shape of <see cref="Target"/>.</param>
    public Variable LossAt(Variable otherInput, Variable otherTarget) => loss.Mean(Apply(otherInput), otherTarget);

    /// <summary>What the model gives for an input at inference, without dropout and noise.</summary>
    /// <param name="otherInput">A variable of the type and shape of <see cref="Input"/>.</param>
    public Variable Predict(Variable otherInput) => model.Forward(otherInput, new ForwardContext(Mode.Inference));

    /// <summary>The mean loss of another output for the same targets.</summary>
    /// <param name="otherOutput">A variable of the type and shape of <see cref="Output"/>.</param>
    public Variable LossOf(Variable otherOutput) => loss.Mean(otherOutput, Target);

    /// <summary>The mean loss of an output for other targets.</summary>
    /// <param name="otherOutput">A variable of the type and shape of <see cref="Output"/>.</param>
    /// <param name="otherTarget">A variable of the type and shape of <see cref="Target"/>.</param>
    public Variable LossOf(Variable otherOutput, Variable otherTarget) => loss.Mean(otherOutput, otherTarget);

    /// <summary>The mean loss of the batch with other variables in place of some, such as disturbed weights in place of the parameters.</summary>
    /// <param name="replacements">The variables to replace, and what by.</param>
    public Variable LossWith(IReadOnlyDictionary<Variable, Variable> replacements) => new Substitution(replacements).Map(Loss);

    /// <summary>A state parameter for a regularizer, such as a multiplier: kept in checkpoints with what the optimizer remembers. Asked for again, it is
    /// the same one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="initial">What it begins with.</param>
    public Parameter Remember(string name, Value initial) => memory.Number($"regularizer.{name}", initial);

    /// <summary>Asks for an update of a state parameter with each step of training.</summary>
    /// <param name="parameter">A parameter of <see cref="Remember"/>.</param>
    /// <param name="newValue">Its new value.</param>
    public void Update(Parameter parameter, Variable newValue) => context.Update(parameter, newValue);

    /// <summary>Random numbers for a regularizer, new ones with each step.</summary>
    /// <param name="name">The name of the stream.</param>
    /// <param name="seed">The seed of the stream.</param>
    public RandomStream Random(string name, ulong seed)
    {
        Parameter counter = Remember($"{name}.counter", Value.Of(0UL));
        Update(counter, Ops.Add(counter, Variable.Of(Value.Of(1UL))));
        return new RandomStream(Variable.Of(Value.Of(new RandomSource(seed).Fork(name).NextUInt64())), counter);
    }
}
