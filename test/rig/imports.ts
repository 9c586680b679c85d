import { parseSync, Visitor } from 'rolldown/utils';

export type Import = { readonly from: string; readonly typeOnly: boolean };

export type SourceFacts = {
  readonly imports: readonly Import[];
  /** Whether it reads or changes the process it runs in: `process.env`, `import … from 'node:process'`, … */
  readonly touchesProcess: boolean;
};

/** What a TypeScript source imports, in any of the ways there are to say it. */
export function readSource(file: string, source: string): SourceFacts {
  const { program, errors } = parseSync(file, source);
  if (errors[0]) throw new Error(`${file} cannot be parsed: ${errors[0].message}`);

  const imports: Import[] = [];
  let namesProcess = false;

  new Visitor({
    ImportDeclaration({ source, importKind, specifiers }) {
      const inline = specifiers.map((one) => one.type === 'ImportSpecifier' && one.importKind === 'type');
      const typeOnly = importKind === 'type' || (inline.length > 0 && inline.every(Boolean));
      imports.push({ from: source.value, typeOnly });
    },
    ExportNamedDeclaration({ source, exportKind, specifiers }) {
      if (!source) return;
      const inline = specifiers.map((one) => one.exportKind === 'type');
      const typeOnly = exportKind === 'type' || (inline.length > 0 && inline.every(Boolean));
      imports.push({ from: source.value, typeOnly });
    },
    ExportAllDeclaration({ source, exportKind }) {
      imports.push({ from: source.value, typeOnly: exportKind === 'type' });
    },
    ImportExpression({ source }) {
      // A computed name cannot be checked; bundles could not follow it either.
      if (source.type === 'Literal' && typeof source.value === 'string') {
        imports.push({ from: source.value, typeOnly: false });
      }
    },
    TSImportType({ source }) {
      imports.push({ from: source.value, typeOnly: true });
    },
    MemberExpression({ object }) {
      if (object.type === 'Identifier' && object.name === 'process') namesProcess = true;
    },
    VariableDeclarator({ init }) {
      if (init?.type === 'Identifier' && init.name === 'process') namesProcess = true;
    },
  }).visit(program);

  const touchesProcess = namesProcess || imports.some(({ from }) => from === 'node:process');
  return { imports, touchesProcess };
}
