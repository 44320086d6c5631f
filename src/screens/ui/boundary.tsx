import { Component, type ErrorInfo, type ReactNode } from 'react';
import { t } from '../i18n/words.tsx';
import { Button } from './button.tsx';

/** A screen that breaks says so, and offers the one act that helps; what was tapped is in the outbox. */
export class Boundary extends Component<{ children: ReactNode }, { broken: string | null }> {
  override state: { broken: string | null } = { broken: null };

  static getDerivedStateFromError(error: unknown): { broken: string } {
    return { broken: error instanceof Error ? error.message : String(error) };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    if (this.state.broken === null) return this.props.children;
    return (
      <main className="stage" role="alert">
        <h1 className="text-2xl font-bold">{t('error.title')}</h1>
        <p className="text-lg">{t('error.say')}</p>
        <Button look="main" onPress={() => window.location.reload()}>
          {t('line.reload')}
        </Button>
        <code className="text-sm text-text-3">{this.state.broken}</code>
      </main>
    );
  }
}
