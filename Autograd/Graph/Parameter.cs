using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>What a parameter is for; regularizers choose by it (weight decay applies to weights only, book section 7.1).</summary>
public enum ParameterRole
{
    /// <summary>Multiplies inputs of a layer: the object of norm penalties.</summary>
    Weight,

    /// <summary>An offset, left alone by norm penalties.</summary>
    Bias,

    /// <summary>A learned scale, left alone by norm penalties.</summary>
    Scale,

    /// <summary>Not learned by gradients: moments of optimizers, running means, counters of steps and random numbers.</summary>
    State,
}

/// <summary>
/// A named tensor that keeps its value between runs, and the only thing in a graph that changes: weights, moments of an optimizer,
/// counters. A function's updates assign it.
/// </summary>
public sealed class Parameter
{
    private readonly Value current;

    // Zeros, with which all that optimizers remember begins, are made anew: they would be kept for nothing.
    private readonly Func<Value> initial;

    /// <summary>Creates a parameter.</summary>
    /// <param name="name">The name, which checkpoints and exported models keep.</param>
    /// <param name="initial">The initial value; copied.</param>
    /// <param name="role">What it is for.</param>
    public Parameter(string name, Value initial, ParameterRole role = ParameterRole.Weight)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
        Role = role;
        current = initial.Clone();
        if (Zero.All(current))
        {
            this.initial = () => Value.Zeros(DType, current.Sizes);
        }
        else
        {
            Value kept = initial.Clone();
            this.initial = () => kept;
        }

        Variable = Variable.Of(this);
    }

    /// <summary>Creates a parameter whose initial value is not kept beside the current one, but made anew when somebody asks for it.</summary>
    /// <param name="name">The name, which checkpoints and exported models keep.</param>
    /// <param name="initial">Makes the initial value: the same numbers in each call, in memory of their own, which the parameter takes.</param>
    /// <param name="role">What it is for.</param>
    public Parameter(string name, Func<Value> initial, ParameterRole role = ParameterRole.Weight)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
        Role = role;
        current = initial();
        this.initial = initial;
        Variable = Variable.Of(this);
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>What the parameter is for.</summary>
    public ParameterRole Role { get; }

    /// <summary>The value it was created with; not to be written to.</summary>
    public Value Initial => initial();

    /// <summary>The current value. Assigning copies the numbers; type and shape must stay the same.</summary>
    public Value Value
    {
        get => current;
        set
        {
            if (value.DType != current.DType || !value.Sizes.SequenceEqual(current.Sizes))
            {
                throw new ShapeException($"Expected a value {current.Type} for the parameter \"{Name}\", found {value.Type}.");
            }

            current.CopyFrom(value);
        }
    }

    /// <summary>The symbol by which graphs read the parameter.</summary>
    public Variable Variable { get; }

    /// <summary>A parameter of the same name and present value for something else: as a <see cref="ParameterRole.State"/> it is not learned.</summary>
    /// <param name="role">What it is for.</param>
    public Parameter WithRole(ParameterRole role) => new(Name, current, role);

    /// <summary>The shape, always static.</summary>
    public Shape Shape => Variable.Shape;

    /// <summary>The element type.</summary>
    public DType DType => Variable.DType;

    /// <summary>The symbol by which graphs read the parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    public static implicit operator Variable(Parameter parameter) => parameter.Variable;

    /// <inheritdoc/>
    public override string ToString() => $"{Name}:{Variable.Type} ({Role})";
}
